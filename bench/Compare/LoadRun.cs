using System.Diagnostics;
using System.Runtime;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>Warms one row up, then measures it. The row's workers ask here whether to go on, and tell here what has ended.</summary>
internal sealed class LoadRun
{
    private static readonly TimeSpan ShortestWarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    private volatile Tally? _tally;
    private volatile bool _over;

    /// <summary>Whether the row is to stop asking.</summary>
    public bool Over => _over;

    /// <summary>Told of requests that have ended; what ends before or after the measured span does not count.</summary>
    public void Ended(long began, long ended, long requests = 1) => _tally?.Add(began, ended, requests);

    public async Task<Figures> MeasureAsync(ILoad load, int inFlight, TimeSpan span, CancellationToken stop)
    {
        Task work = load.RunAsync(this, inFlight);
        try
        {
            await WarmUpAsync(work, stop);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await PassAsync(ShortestWarmUp / 4, work, stop);
            return await SpanAsync(load.Name, span, work, stop);
        }
        finally
        {
            _over = true;
            await ((Task)Task.WhenAny(work)).WaitAsync(LongestEnd, CancellationToken.None);
        }
    }

    private async Task<Figures> SpanAsync(string name, TimeSpan span, Task work, CancellationToken stop)
    {
        var tally = new Tally();
        int full = GC.CollectionCount(2);
        TimeSpan processorBefore = Environment.CpuUsage.TotalTime;
        long allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        long began = Stopwatch.GetTimestamp();
        _tally = tally;
        await PassAsync(span, work, stop);
        _tally = null;
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        double requests = Math.Max(1, tally.Count);
        TimeSpan processor = Environment.CpuUsage.TotalTime - processorBefore;
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        _over = true;
        await work.WaitAsync(LongestEnd, stop);
        LatencyHistogram latencies = tally.Sum();
        return new Figures
        {
            Name = name,
            RequestsPerSecond = Math.Round(requests / took.TotalSeconds),
            P50Us = Math.Round(latencies.Percentile(50), 2),
            P99Us = Math.Round(latencies.Percentile(99), 2),
            BytesPerRequest = Math.Round(allocated / requests, 1),
            CpuUsPerRequest = Math.Round(processor.TotalMicroseconds / requests, 3),
            FullCollections = GC.CollectionCount(2) - full,
        };
    }

    /// <summary>Until the compiler has had nothing to do for a while: what it profiles it compiles anew, more than once.</summary>
    private static async Task WarmUpAsync(Task work, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        long lastChange = began;
        long compiled = JitInfo.GetCompiledMethodCount();
        while (Stopwatch.GetElapsedTime(began) < LongestWarmUp)
        {
            if (Stopwatch.GetElapsedTime(began) >= ShortestWarmUp && Stopwatch.GetElapsedTime(lastChange) >= Quiet) return;
            await PassAsync(Quiet / 5, work, stop);
            if (JitInfo.GetCompiledMethodCount() is var now && now != compiled) (compiled, lastChange) = (now, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>A span of time in which the work must not end: it ends early only by failing.</summary>
    private static async Task PassAsync(TimeSpan span, Task work, CancellationToken stop)
    {
        if (await Task.WhenAny(work, Task.Delay(span, stop)) == work) await work;
        stop.ThrowIfCancellationRequested();
    }
}
