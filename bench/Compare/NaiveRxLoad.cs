using System.Diagnostics;
using System.Reactive.Linq;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>The recipe as one writes it with what System.Reactive brings, over the one-try request of our client.</summary>
internal sealed class NaiveRxLoad(ServerPorts ports) : ILoad
{
    private readonly JsonRpcClient _client = OurClient.Connect(ports);

    public string Name => "naive-rx";

    public Task RunAsync(LoadRun run, int inFlight) => Workers.RunAsync(run, inFlight, AskAsync);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private IObservable<Located> Request(Lookup parameters)
    {
        RequestPolicy policy = RequestPolicy.Default;
        return Observable.Defer(() =>
        {
            var attempts = new NaiveAttempts();
            return _client.Groups.SelectMany(group => group.InTurn)
                .Select(server => attempts.Note(server, OneTry.Send(server, Workload.Method, parameters).Timeout(policy.TryTimeout)))
                .Catch()
                .Retry(1 + policy.Retries)
                .Timeout(policy.TotalTimeout)
                .Select(reply => reply.Result!);
        });
    }

    private async Task AskAsync(LoadRun run)
    {
        while (!run.Over)
        {
            long began = Stopwatch.GetTimestamp();
            Located located = await Request(Workload.Parameters);
            run.Ended(began, Stopwatch.GetTimestamp());
            Workload.Check(located);
        }
    }
}
