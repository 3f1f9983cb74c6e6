namespace Rx.JsonRpc;

/// <summary>When a request that got no reply yet is tried on a second server beside the first; the first reply wins.</summary>
/// <remarks>
/// Only requests are hedged that may run twice: of an idempotent method, or with <see cref="Replay.Always"/>; for others, and with
/// <see cref="Replay.Never"/>, it is as if no hedge were asked for. A second try takes a token of the client's <see cref="RetryBudget"/>.
/// </remarks>
public sealed record Hedge
{
    private Hedge()
    {
    }

    /// <summary>The wait before the second try; null when <see cref="Quantile"/> says it.</summary>
    public TimeSpan? Delay { get; private init; }

    /// <summary>The share of the method's replies that come sooner than the second try starts; null when <see cref="Delay"/> says it.</summary>
    public double? Quantile { get; private init; }

    /// <summary>Replies of the method that must have been seen before their quantile counts; until then the wait is <see cref="Ceiling"/>. 100 by default.</summary>
    public int MinimumSamples { get; init; } = 100;

    /// <summary>What a wait by quantile is at least. 1 ms by default.</summary>
    public TimeSpan Floor { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>What a wait by quantile is at most. 250 ms by default, half of the default <see cref="RequestPolicy.TryTimeout"/>.</summary>
    public TimeSpan Ceiling { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A second try after the same wait each time.</summary>
    /// <param name="delay">The wait; above zero.</param>
    /// <returns>The hedge.</returns>
    public static Hedge After(TimeSpan delay) => new() { Delay = delay };

    /// <summary>A second try when the request takes longer than most of its method did lately.</summary>
    /// <param name="quantile">In (0, 1). 0.95: one request in twenty is slower than the wait.</param>
    /// <returns>The hedge.</returns>
    public static Hedge AtQuantile(double quantile) => new() { Quantile = quantile };

    internal IEnumerable<string> Faults(string name)
    {
        if (Delay <= TimeSpan.Zero) yield return $"{name}.Delay is {Delay}; it must be above zero";
        if (Quantile is { } quantile && !(quantile is > 0 and < 1)) yield return $"{name}.Quantile is {Quantile}; it must be above 0 and below 1";
        if (MinimumSamples < 1) yield return $"{name}.MinimumSamples is {MinimumSamples}; it must be at least 1";
        if (Floor <= TimeSpan.Zero) yield return $"{name}.Floor is {Floor}; it must be above zero";
        if (Ceiling < Floor) yield return $"{name}.Ceiling is {Ceiling}; it must be at least Floor ({Floor})";
    }
}
