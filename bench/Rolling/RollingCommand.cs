using System.Globalization;
using System.Net;
using Rx.JsonRpc.Bench.Compare;

namespace Rx.JsonRpc.Bench.Rolling;

/// <summary><c>rolling</c>: two servers are stopped and started again in turn under a steady load, and the calls that are lost are counted.</summary>
internal static class RollingCommand
{
    public const string Name = "rolling";

    private const string Usage =
        """
        usage: dotnet run -c Release --project bench -- rolling [--rounds N] [--rate N] [--serve FILE]
          --rounds N    how often each of the two servers is stopped and started again (8)
          --rate N      calls a second (1000)
          --serve FILE  the servers are processes of their own, FILE serve (rxrpc or rxrpc.dll), stopped by SIGTERM;
                        without it they are listeners in this process, stopped by StopAsync(2 s)
        """;

    private static readonly TimeSpan Reconnects = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] arguments)
    {
        int rounds = 8;
        int rate = 1000;
        string? serve = null;
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            bool known = arguments[i] switch
            {
                "--rounds" => int.TryParse(value, CultureInfo.InvariantCulture, out rounds) && rounds > 0,
                "--rate" => int.TryParse(value, CultureInfo.InvariantCulture, out rate) && rate > 0,
                "--serve" => (serve = value).Length > 0,
                _ => false,
            };
            if (known) continue;
            await Console.Error.WriteLineAsync($"{Name}: '{arguments[i]} {value}' is not expected here\n{Usage}");
            return 64;
        }
        Console.WriteLine(Machine.Describe());
        long lost = 0;
        foreach (bool idempotent in new[] { false, true })
        {
            RollingLoad load = await RollAsync(rounds, rate, serve, idempotent);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(idempotent ? "idempotent    " : "not idempotent")}: {2 * rounds} restarts, {load}"));
            lost += load.Lost;
        }
        return lost == 0 ? 0 : 1;
    }

    private static async Task<RollingLoad> RollAsync(int rounds, int rate, string? serve, bool idempotent)
    {
        IRollingServer[] servers = [await StartAsync(serve, null), await StartAsync(serve, null)];
        try
        {
            await using var client = new JsonRpcClient(new JsonRpcClientOptions { Servers = [.. servers.Select(server => new ServerAddress(server.EndPoint))] });
            var load = new RollingLoad(client, rate, idempotent);
            Task running = load.RunAsync();
            for (int stop = 0; stop < 2 * rounds; stop++)
            {
                int which = stop % 2;
                await ConnectedAsync(client);
                await Task.Delay(500);
                EndPoint place = servers[which].EndPoint;
                await servers[which].StopAsync();
                servers[which] = await StartAsync(serve, place);
            }
            load.Stop();
            await running;
            return load;
        }
        finally
        {
            foreach (IRollingServer server in servers) await server.StopAsync();
        }
    }

    private static async Task<IRollingServer> StartAsync(string? serve, EndPoint? place)
    {
        EndPoint where = place ?? new IPEndPoint(IPAddress.Loopback, 0);
        return serve is null ? new RollingListener(where) : await RollingProcess.StartAsync(serve, where);
    }

    private static async Task ConnectedAsync(JsonRpcClient client)
    {
        DateTime limit = DateTime.UtcNow + Reconnects;
        while (client.Groups[0].Servers.Any(server => server.State != ServerState.Connected))
        {
            if (DateTime.UtcNow > limit) throw new TimeoutException($"The client is not connected to both servers within {Reconnects}.");
            await Task.Delay(20);
        }
    }
}
