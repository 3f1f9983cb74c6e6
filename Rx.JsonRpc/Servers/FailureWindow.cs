namespace Rx.JsonRpc.Servers;

/// <summary>
/// Counts calls and failures over the last while, in ten buckets. A bucket is one number (when, calls, failures), so that counting is one
/// compare-and-swap.
/// </summary>
internal sealed class FailureWindow
{
    private const int Buckets = 10;
    private const int CountBits = 20;
    private const ulong CountMask = (1UL << CountBits) - 1;
    private const ulong WhenMask = (1UL << (64 - 2 * CountBits)) - 1;

    private readonly long _width;
    private readonly ulong[] _buckets = new ulong[Buckets];

    public FailureWindow(TimeSpan window) => _width = Math.Max(1, window.Ticks / Buckets);

    public void Add(bool failed, TimeSpan now)
    {
        ulong when = When(now);
        ref ulong bucket = ref _buckets[when % Buckets];
        while (true)
        {
            ulong before = Volatile.Read(ref bucket);
            (ulong calls, ulong failures) = before >> (2 * CountBits) == (when & WhenMask) ? Counts(before) : (0, 0);
            // A full bucket is halved: the rate stays what it is.
            if (calls == CountMask) (calls, failures) = (calls / 2, failures / 2);
            ulong after = (when & WhenMask) << (2 * CountBits) | (calls + 1) << CountBits | (failures + (failed ? 1UL : 0));
            if (Interlocked.CompareExchange(ref bucket, after, before) == before) return;
        }
    }

    public (long Calls, long Failures) Sum(TimeSpan now)
    {
        ulong when = When(now);
        long calls = 0;
        long failures = 0;
        foreach (ref ulong bucket in _buckets.AsSpan())
        {
            ulong packed = Volatile.Read(ref bucket);
            if (((when - (packed >> (2 * CountBits))) & WhenMask) >= Buckets) continue;
            (ulong some, ulong failed) = Counts(packed);
            calls += (long)some;
            failures += (long)failed;
        }
        return (calls, failures);
    }

    public void Clear() => Array.Clear(_buckets);

    private ulong When(TimeSpan now) => (ulong)(now.Ticks / _width);

    private static (ulong Calls, ulong Failures) Counts(ulong packed) => (packed >> CountBits & CountMask, packed & CountMask);
}
