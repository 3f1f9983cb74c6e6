using System.Collections.Concurrent;

namespace Rx.JsonRpc.Tool.Demo;

/// <summary>Suspends pieces of work at a steady pace, each until the client's reply resumes it.</summary>
internal sealed class DemoLoad(JsonRpcClient client, IEnumerable<string> servers)
{
    private const int PiecesPerTick = 10;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly List<SuspendedWork> _work = [];
    private readonly ConcurrentDictionary<string, long> _answered = new(servers.Select(name => KeyValuePair.Create(name, 0L)));
    private int _suspended;

    /// <summary>Every piece so far; to be read once the load has ended.</summary>
    public IReadOnlyList<SuspendedWork> Work => _work;

    /// <summary>Pieces that wait for their reply just now.</summary>
    public int Suspended => Volatile.Read(ref _suspended);

    public long AnsweredBy(string server) => _answered[server];

    /// <summary>Runs until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Tick);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                for (int i = 0; i < PiecesPerTick; i++) Suspend();
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    /// <summary>Waits until no piece is suspended any more.</summary>
    public async Task SettleAsync(TimeSpan limit, CancellationToken stop)
    {
        long until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (Suspended > 0 && Environment.TickCount64 < until) await Task.Delay(20, stop).ConfigureAwait(false);
    }

    private void Suspend()
    {
        var work = new SuspendedWork(_work.Count);
        _work.Add(work);
        Interlocked.Increment(ref _suspended);
        client.Call(DemoServer.Method, new Locate(work.Id)).Resume(outcome =>
        {
            work.Resume(outcome);
            if (work.AnsweredBy is { } server) _answered.AddOrUpdate(server, 1, static (_, count) => count + 1);
            Interlocked.Decrement(ref _suspended);
        });
    }
}
