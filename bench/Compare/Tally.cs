using System.Diagnostics;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>
/// What a span of time has seen, counted by each thread for itself: a counter that two cores share would cost more than some of what is
/// measured here.
/// </summary>
internal sealed class Tally
{
    [ThreadStatic]
    private static Tally? _countedHere;

    [ThreadStatic]
    private static LatencyHistogram? _histogramHere;

    private readonly List<LatencyHistogram> _histograms = [];

    /// <summary>How many have ended until now, on all threads.</summary>
    public long Count
    {
        get
        {
            lock (_histograms) return _histograms.Sum(histogram => histogram.Count);
        }
    }

    /// <summary>Requests of which each began at one time and ended at another, by the stopwatch.</summary>
    public void Add(long began, long ended, long requests = 1)
    {
        if (_countedHere != this) BeginHere();
        _histogramHere!.Add((long)((ended - began) * (1e9 / Stopwatch.Frequency)), requests);
    }

    /// <summary>All threads together; when nobody adds any more.</summary>
    public LatencyHistogram Sum()
    {
        var sum = new LatencyHistogram();
        lock (_histograms)
        {
            foreach (LatencyHistogram histogram in _histograms) sum.Add(histogram);
        }
        return sum;
    }

    private void BeginHere()
    {
        var histogram = new LatencyHistogram();
        lock (_histograms) _histograms.Add(histogram);
        _histogramHere = histogram;
        _countedHere = this;
    }
}
