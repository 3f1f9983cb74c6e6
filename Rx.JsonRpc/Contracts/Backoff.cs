namespace Rx.JsonRpc;

/// <summary>How long to wait before the next try: exponential with full jitter. Pure arithmetic, no clock.</summary>
/// <remarks>
/// The wait before retry <c>n</c> (1 is the first) lies evenly between 0 and <c>min(Max, First * Factor^(n-1))</c>, so that clients that
/// lost a server together do not come back together (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
/// </remarks>
public sealed record Backoff
{
    private static readonly TimeSpan LeastIdle = TimeSpan.FromSeconds(1);

    /// <summary>100 ms, doubling up to 30 s, with full jitter.</summary>
    public static Backoff Default => new();

    /// <summary>No wait at all.</summary>
    public static Backoff None => new() { First = TimeSpan.Zero, Max = TimeSpan.Zero };

    /// <summary>The bound of the first wait. 100 ms by default.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What no wait exceeds. 30 s by default.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>By how much the bound grows from one wait to the next; at least 1. 2 by default.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>Whether the wait is drawn at random below its bound (full jitter, the default) or is the bound itself.</summary>
    public bool Jitter { get; init; } = true;

    /// <summary>The same wait each time, without jitter.</summary>
    /// <param name="wait">The wait; not negative.</param>
    /// <returns>A backoff that never grows.</returns>
    public static Backoff Constant(TimeSpan wait) => new() { First = wait, Max = wait, Factor = 1, Jitter = false };

    /// <summary>The wait before a retry for a given random number.</summary>
    /// <param name="retry">1 for the first retry.</param>
    /// <param name="random">In [0, 1]: where between nothing and the bound the wait lies.</param>
    /// <returns>The wait.</returns>
    public TimeSpan Delay(int retry, double random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(retry, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(random);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(random, 1);
        if (First == TimeSpan.Zero) return TimeSpan.Zero;
        // Math.Pow reaches infinity for large retries; the minimum with Max brings it back.
        double bound = Math.Min(Max.Ticks, First.Ticks * Math.Pow(Factor, retry - 1));
        return TimeSpan.FromTicks((long)(bound * random));
    }

    /// <summary>
    /// Whether a connection on which nothing came and nothing was asked held long enough to count as a success. A peer that accepts and
    /// closes at once must not, or it would be called without a pause.
    /// </summary>
    internal bool HasHeldIdle(TimeSpan held) => held >= (First > LeastIdle ? First : LeastIdle);

    /// <summary>The wait before a retry. A backoff without jitter draws no number.</summary>
    internal TimeSpan Delay(int retry, Func<double> random) => Delay(retry, Jitter ? random() : 1);

    internal IEnumerable<string> Faults(string name)
    {
        if (First < TimeSpan.Zero) yield return $"{name}.First is {First}; it must not be negative";
        if (Max < First) yield return $"{name}.Max is {Max}; it must be at least First ({First})";
        if (!(Factor >= 1)) yield return $"{name}.Factor is {Factor}; it must be at least 1";
    }
}
