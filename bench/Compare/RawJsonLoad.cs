using System.Diagnostics;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>Our client with JSON in and JSON out: the same recipe, and no object.</summary>
internal sealed class RawJsonLoad(ServerPorts ports) : ILoad
{
    private readonly JsonRpcClient _client = OurClient.Connect(ports);

    public string Name => "raw-json";

    public Task RunAsync(LoadRun run, int inFlight) => Workers.RunAsync(run, inFlight, AskAsync);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task AskAsync(LoadRun run)
    {
        while (!run.Over)
        {
            long began = Stopwatch.GetTimestamp();
            RawJson result = await _client.RequestAsync(Workload.MethodName, Workload.RawParameters);
            run.Ended(began, Stopwatch.GetTimestamp());
            if (result.Utf8.Length != Workload.Result.Length) throw new InvalidOperationException($"The answer is {result}.");
        }
    }
}
