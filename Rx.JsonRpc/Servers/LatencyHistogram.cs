using System.Numerics;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// How long replies took lately, in a fixed number of buckets: eight to each doubling, so that a quantile is at most an eighth too long.
/// Once enough have come every count is halved, so that what was long ago fades. No clock.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>At this count all are halved.</summary>
    public const int Halving = 4096;

    private const int PerDoublingBits = 3;
    private const int PerDoubling = 1 << PerDoublingBits;

    // In microseconds; the last bucket holds what took longer than two hours.
    private const int Doublings = 33;

    private readonly Lock _gate = new();
    private readonly int[] _counts = new int[(Doublings - PerDoublingBits + 1) * PerDoubling];
    private int _total;

    public void Add(TimeSpan took)
    {
        int bucket = BucketOf((long)took.TotalMicroseconds);
        lock (_gate)
        {
            _counts[bucket]++;
            if (++_total < Halving) return;
            _total = 0;
            for (int i = 0; i < _counts.Length; i++) _total += _counts[i] /= 2;
        }
    }

    /// <summary>The time that this share of the replies did not exceed; false while too few are known.</summary>
    public bool TryQuantile(double quantile, int minimumSamples, out TimeSpan took)
    {
        lock (_gate)
        {
            took = TimeSpan.Zero;
            if (_total < Math.Min(minimumSamples, Halving / 4)) return false;
            double wanted = quantile * _total;
            int bucket = 0;
            for (int seen = _counts[0]; seen < wanted; seen += _counts[bucket]) bucket++;
            took = TimeSpan.FromMicroseconds(UpperBoundOf(bucket));
            return true;
        }
    }

    private int BucketOf(long microseconds)
    {
        if (microseconds < PerDoubling) return (int)Math.Max(0, microseconds);
        int exponent = BitOperations.Log2((ulong)microseconds) - PerDoublingBits;
        return Math.Min((exponent + 1) * PerDoubling + (int)(microseconds >> exponent) - PerDoubling, _counts.Length - 1);
    }

    private static long UpperBoundOf(int bucket)
    {
        if (bucket < PerDoubling) return bucket + 1;
        int exponent = bucket / PerDoubling - 1;
        return (long)(bucket % PerDoubling + PerDoubling + 1) << exponent;
    }
}
