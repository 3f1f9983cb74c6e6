using System.Globalization;
using System.Runtime.CompilerServices;
using Rx.JsonRpc.Bench.Compare;

namespace Rx.JsonRpc.Bench.Limits;

/// <summary>What a request costs when there is more of everything.</summary>
internal static class Growth
{
    private const int Rounds = 5;
    private const int Requests = 200_000;
    private const int Megabyte = 1 << 20;

    public static async IAsyncEnumerable<string> MeasureAsync([EnumeratorCancellation] CancellationToken stop)
    {
        yield return Servers();
        yield return Large();
        await using ServerProcess server = await ServerProcess.StartAsync(FixedServer.Name, stop);
        double one = 0;
        foreach (int connections in (int[])[1, 2, 4, 8])
        {
            await using var load = new TypedRecipeLoad(OneServer(server.Ports, connections));
            double rate = (await new LoadRun().MeasureAsync(load, 64, TimeSpan.FromSeconds(3), stop)).RequestsPerSecond;
            if (connections == 1) one = rate;
            yield return string.Create(
                CultureInfo.InvariantCulture, $"growth: {connections} connections, 64 in flight: {rate:#,0}/s, {rate / one:0.00} of one connection, on {Environment.ProcessorCount} cores");
        }
    }

    private static JsonRpcClient OneServer(ServerPorts ports, int connections) =>
        new(new JsonRpcClientOptions { Servers = [new ServerAddress(ports.EndPoint)], ConnectionsPerServer = connections });

    /// <summary>In memory and on one thread: a thousand sockets would cost what sockets cost.</summary>
    private static string Servers()
    {
        var few = new InMemoryLoad(servers: 1, "1");
        var many = new InMemoryLoad(servers: 1000, "1");
        var ratios = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            double one = few.NanosecondsPerRequest(Requests);
            ratios.Add(many.NanosecondsPerRequest(Requests) / one);
        }
        var spread = Spread.Of(ratios);
        return string.Create(
            CultureInfo.InvariantCulture, $"growth: a request to one of 1,000 servers costs {spread.Median:0.00} of one to a single server ({spread.Min:0.00} .. {spread.Max:0.00}; goal: at most 1.1)");
    }

    private static string Large()
    {
        var load = new InMemoryLoad(servers: 1, "\"" + new string('x', Megabyte - 2) + "\"");
        load.NanosecondsPerRequest(20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        load.NanosecondsPerRequest(20);
        double allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / 20.0 / Megabyte;
        return string.Create(CultureInfo.InvariantCulture, $"growth: a raw result of 1 MB allocates {allocated:0.000} MB (goal: the caller's own copy)");
    }
}
