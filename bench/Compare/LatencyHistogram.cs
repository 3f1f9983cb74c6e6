using System.Numerics;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>
/// Counts durations in buckets that grow with the value: every power of two is cut into 128 parts, so each is told to within 1 %. One
/// thread adds.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int PartBits = 7;
    private const int LargestBits = 40;

    private readonly long[] _counts = new long[(LargestBits - PartBits + 1) << PartBits];

    // Read by another thread while it grows.
    private long _count;

    public long Count => Volatile.Read(ref _count);

    /// <param name="nanoseconds">Up to about 18 minutes; what takes longer counts as that.</param>
    /// <param name="times">How many took so long.</param>
    public void Add(long nanoseconds, long times = 1)
    {
        long value = Math.Clamp(nanoseconds, 0, (1L << LargestBits) - 1);
        int shift = Math.Max(0, BitOperations.Log2((ulong)value) - PartBits);
        _counts[(shift << PartBits) + (int)(value >> shift)] += times;
        Volatile.Write(ref _count, _count + times);
    }

    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        _count += other._count;
    }

    /// <summary>The middle of the bucket below which this share of all values lies, in microseconds.</summary>
    /// <param name="percent">In 0..100.</param>
    public double Percentile(double percent)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(_count * percent / 100));
        long passed = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            passed += _counts[bucket];
            if (passed >= rank) return MiddleOf(bucket) / 1000;
        }
        return 0;
    }

    private static double MiddleOf(int bucket)
    {
        int shift = Math.Max(0, (bucket >> PartBits) - 1);
        long part = bucket - ((long)shift << PartBits);
        return ((2 * part) + 1) * (double)(1L << shift) / 2;
    }
}
