using System.Diagnostics;
using Rx.JsonRpc.Bench.Compare;

namespace Rx.JsonRpc.Bench.Limits;

/// <summary>Sends at a rate, whatever comes back: what is due is sent each millisecond. The time of a request counts from its sending.</summary>
internal sealed class PacedLoad(ServerPorts ports, double perSecond) : ILoad
{
    private readonly JsonRpcClient _client = OurClient.Connect(ports);
    private volatile Exception? _failure;

    public string Name => "paced";

    public Task RunAsync(LoadRun run, int inFlight) =>
        Task.Factory.StartNew(() => Send(run), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private void Send(LoadRun run)
    {
        long began = Stopwatch.GetTimestamp();
        for (long sent = 0; !run.Over; Thread.Sleep(1))
        {
            long due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond);
            for (; sent < due; sent++) _client.Request(Workload.Method, Workload.Parameters).Subscribe(new Answer(this, run));
            if (_failure is not null) throw _failure;
        }
    }

    private sealed class Answer(PacedLoad load, LoadRun run) : IObserver<Located>
    {
        private readonly long _began = Stopwatch.GetTimestamp();

        public void OnNext(Located value)
        {
            run.Ended(_began, Stopwatch.GetTimestamp());
            Workload.Check(value);
        }

        public void OnError(Exception error) => load._failure = error;

        public void OnCompleted()
        {
        }
    }
}
