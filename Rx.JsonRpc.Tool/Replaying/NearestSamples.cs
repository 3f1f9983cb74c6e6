namespace Rx.JsonRpc.Tool.Replaying;

/// <summary>Samples of one server, found by the time at which they began.</summary>
internal sealed class NearestSamples
{
    private readonly List<Sample> _ended = [];
    private readonly List<Sample> _lost = [];

    public void Add(in Sample sample) => (sample.Fate == Fate.Lost ? _lost : _ended).Add(sample);

    public void Sort()
    {
        _ended.Sort(static (one, other) => one.Start.CompareTo(other.Start));
        _lost.Sort(static (one, other) => one.Start.CompareTo(other.Start));
    }

    /// <summary>The sample nearest to a moment; a loss that is over by then says nothing about a call that comes after it.</summary>
    public Sample? At(DateTimeOffset now)
    {
        Sample? ended = Nearest(_ended, now);
        Sample? lost = Nearest(_lost, now);
        if (lost is not { } loss || loss.End <= now) return ended;
        return ended is { } other && Distance(other, now) <= Distance(loss, now) ? other : loss;
    }

    private static Sample? Nearest(List<Sample> sorted, DateTimeOffset now)
    {
        (int low, int high) = (0, sorted.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle].Start < now) low = middle + 1;
            else high = middle;
        }
        if (sorted.Count == 0) return null;
        if (low == sorted.Count) return sorted[low - 1];
        if (low == 0) return sorted[0];
        return Distance(sorted[low - 1], now) <= Distance(sorted[low], now) ? sorted[low - 1] : sorted[low];
    }

    private static TimeSpan Distance(in Sample sample, DateTimeOffset now) => (sample.Start - now).Duration();
}
