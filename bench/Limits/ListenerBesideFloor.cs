using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Rx.JsonRpc.Bench.Compare;

namespace Rx.JsonRpc.Bench.Limits;

/// <summary>One floor asks two servers in turn: the one that only finds the id, and our listener with a handler.</summary>
internal static class ListenerBesideFloor
{
    public const string ServerName = "listener-server";

    private const int Rounds = 3;

    public static async IAsyncEnumerable<string> MeasureAsync([EnumeratorCancellation] CancellationToken stop)
    {
        foreach (int inFlight in (int[])[1, 64, 512])
        {
            var ratios = new List<double>();
            var rates = new List<double>();
            for (int round = 0; round < Rounds; round++)
            {
                double floor = await RateAsync(FixedServer.Name, inFlight, stop);
                double ours = await RateAsync(ServerName, inFlight, stop);
                ratios.Add(ours / floor);
                rates.Add(ours);
            }
            var spread = Spread.Of(ratios);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"listener: {inFlight} in flight, {Spread.Of(rates).Median:#,0} answers/s, {spread.Median:0.00} of the floor ({spread.Min:0.00} .. {spread.Max:0.00}; goal: at least 0.5)");
        }
    }

    /// <summary>The other process: our listener, answering the one method; ends when its input does.</summary>
    public static async Task<int> ServeAsync()
    {
        var result = RawJson.Parse(Encoding.UTF8.GetString(Workload.Result));
        MethodTable methods = new MethodTable().On(Workload.MethodName, _ => result);
        await using JsonRpcListener listener = new JsonRpcListener(new IPEndPoint(IPAddress.Loopback, 0)).Start(methods);
        int port = ((IPEndPoint)listener.LocalEndPoint).Port;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{port} {port}"));
        while (Console.In.Read() >= 0)
        {
        }
        return 0;
    }

    private static async Task<double> RateAsync(string name, int inFlight, CancellationToken stop)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(name, stop);
        await using var floor = new RawFloorLoad(server.Ports);
        return (await new LoadRun().MeasureAsync(floor, inFlight, TimeSpan.FromSeconds(3), stop)).RequestsPerSecond;
    }
}
