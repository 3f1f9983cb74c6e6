using System.Numerics;

namespace Rx.JsonRpc.Tool.Load;

/// <summary>
/// Counts durations in buckets whose width grows with the value, so that each is told to within 1/128 of itself, in memory that doesn't
/// grow. The layout is that of HdrHistogram: every power of two is cut into equal parts.
/// </summary>
/// <remarks>Any number of threads may add at once.</remarks>
internal sealed class LatencyHistogram
{
    /// <summary>No percentile exceeds the true value by more than this share of it.</summary>
    public const double ErrorBound = 1.0 / PartsPerOctave;

    private const int PartBits = 7;
    private const int PartsPerOctave = 1 << PartBits;
    // About 18 minutes in nanoseconds; what takes longer counts as that in percentiles, and as itself in Max.
    private const int LargestBits = 40;
    private const long Largest = (1L << LargestBits) - 1;

    private readonly long[] _counts = new long[(LargestBits - PartBits + 1) * PartsPerOctave];
    private long _count;
    private long _max;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>The largest value, exactly.</summary>
    public long Max => Interlocked.Read(ref _max);

    public void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        Interlocked.Increment(ref _counts[BucketOf(Math.Min(nanoseconds, Largest))]);
        Interlocked.Increment(ref _count);
        for (long seen = Max; nanoseconds > seen;)
        {
            long before = Interlocked.CompareExchange(ref _max, nanoseconds, seen);
            if (before == seen) break;
            seen = before;
        }
    }

    /// <summary>The smallest value that at least this share of all values does not exceed, rounded up to its bucket's end.</summary>
    /// <param name="percent">In 0..100.</param>
    public long Percentile(double percent)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        long passed = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            passed += Volatile.Read(ref _counts[bucket]);
            if (passed >= rank) return Math.Min(LastOf(bucket), Max);
        }
        return Max;
    }

    private static int BucketOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value) - PartBits);
        return (shift << PartBits) + (int)(value >> shift);
    }

    private static long LastOf(int bucket)
    {
        int shift = Math.Max(0, (bucket >> PartBits) - 1);
        long part = bucket - ((long)shift << PartBits);
        return ((part + 1) << shift) - 1;
    }
}
