using System.Diagnostics;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>
/// Our client as a host uses it: typed parameters and result, failover over two groups, the turn, both timeouts, the attempts noted.
/// </summary>
internal sealed class TypedRecipeLoad(JsonRpcClient client, string name = "typed-recipe") : ILoad
{
    public string Name => name;

    public Task RunAsync(LoadRun run, int inFlight) => Workers.RunAsync(run, inFlight, AskAsync);

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async Task AskAsync(LoadRun run)
    {
        while (!run.Over)
        {
            long began = Stopwatch.GetTimestamp();
            Located located = await client.RequestAsync(Workload.Method, Workload.Parameters);
            run.Ended(began, Stopwatch.GetTimestamp());
            Workload.Check(located);
        }
    }
}
