using System.Diagnostics;

namespace Rx.JsonRpc.Tool.Load;

/// <summary>Keeps a number of requests in flight: each that ends is followed by the next.</summary>
internal sealed class LoadRun(IObservable<Reply<RawJson>> request, int inFlight, TimeSpan warmUp, TimeSpan duration)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(10);

    private LoadTally _tally = new();
    private volatile bool _over;

    /// <summary>Warms up, measures, and waits for what is still in flight then.</summary>
    /// <param name="progress">Told once a second.</param>
    /// <param name="stop">Ends the run early, without figures.</param>
    public async Task<LoadFigures> RunAsync(Action<string> progress, CancellationToken stop)
    {
        Task workers = Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(WorkAsync, stop)));
        try
        {
            await PassAsync("warm-up", warmUp, progress, stop).ConfigureAwait(false);
            var measured = new LoadTally();
            long allocatedBefore = GC.GetTotalAllocatedBytes();
            long began = Stopwatch.GetTimestamp();
            Volatile.Write(ref _tally, measured);
            await PassAsync("measuring", duration, progress, stop).ConfigureAwait(false);
            // First of all: no request that begins after the span is counted.
            _over = true;
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            long results = measured.Results;
            long ended = results + measured.Failed;
            long allocated = GC.GetTotalAllocatedBytes() - allocatedBefore;
            // The slowest requests are those still in flight: a run that left them out would flatter its tail.
            await workers.WaitAsync(stop).ConfigureAwait(false);
            return new LoadFigures(measured, took, results, ended == 0 ? 0 : allocated / ended);
        }
        finally
        {
            _over = true;
        }
    }

    private async Task PassAsync(string phase, TimeSpan span, Action<string> progress, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        LoadTally tally = Volatile.Read(ref _tally);
        long before = 0;
        TimeSpan passed = TimeSpan.Zero;
        // Task.Delay counts whole milliseconds: a rest below one is none.
        while (span - passed is { TotalMilliseconds: >= 1 } left)
        {
            TimeSpan tickBegan = passed;
            await Task.Delay(left < Tick ? left : Tick, stop).ConfigureAwait(false);
            passed = Stopwatch.GetElapsedTime(began);
            long results = tally.Results;
            double rate = (results - before) / (passed - tickBegan).TotalSeconds;
            before = results;
            string time = FormattableString.Invariant($"{phase} {passed.TotalSeconds:0.0}s of {span.TotalSeconds:0.#}s");
            progress(FormattableString.Invariant($"{time}: {rate:#,0} results/s, {tally.Failed:#,0} errors"));
        }
    }

    private async Task WorkAsync()
    {
        var awaiter = new ReplyAwaiter();
        while (!_over)
        {
            LoadTally tally = Volatile.Read(ref _tally);
            long began = Stopwatch.GetTimestamp();
            string? error = await awaiter.Send(request).ConfigureAwait(false);
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            tally.Add(error, took.Ticks * 100);
            // With no server up failures come at once; asking without a pause would only heat the processor.
            if (error is not null && took < PauseAfterFailure) await Task.Delay(PauseAfterFailure).ConfigureAwait(false);
        }
    }
}

/// <summary>What a run has measured.</summary>
/// <param name="Tally">Every request that began in the measured span, those that ended after it too.</param>
/// <param name="Took">The measured span.</param>
/// <param name="Results">Results within the span.</param>
/// <param name="AllocatedPerRequest">Bytes that the whole process allocated within the span, for each request that ended in it.</param>
internal sealed record LoadFigures(LoadTally Tally, TimeSpan Took, long Results, long AllocatedPerRequest);
