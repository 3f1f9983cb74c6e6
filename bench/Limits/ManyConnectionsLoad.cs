using System.Diagnostics;
using Rx.JsonRpc.Bench.Compare;

namespace Rx.JsonRpc.Bench.Limits;

/// <summary>The typed recipe over several connections to one server.</summary>
internal sealed class ManyConnectionsLoad(ServerPorts ports, int connections) : ILoad
{
    private readonly JsonRpcClient _client = new(new JsonRpcClientOptions
    {
        Servers = [new ServerAddress(ports.EndPoint)],
        ConnectionsPerServer = connections,
    });

    public string Name => $"{connections} connections";

    public Task RunAsync(LoadRun run, int inFlight) => Workers.RunAsync(run, inFlight, AskAsync);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task AskAsync(LoadRun run)
    {
        while (!run.Over)
        {
            long began = Stopwatch.GetTimestamp();
            Located located = await _client.RequestAsync(Workload.Method, Workload.Parameters);
            run.Ended(began, Stopwatch.GetTimestamp());
            Workload.Check(located);
        }
    }
}
