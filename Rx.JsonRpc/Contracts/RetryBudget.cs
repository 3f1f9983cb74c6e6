namespace Rx.JsonRpc;

/// <summary>How many replays a client may send, so that an outage is not multiplied: a token bucket over all of its requests.</summary>
/// <remarks>
/// A replay is an attempt that follows one that may have run, or an attempt of a later round. It takes one token; if it turns out that no
/// byte of it was sent, it gives the token back. Moving on past servers that are away is free. When the budget is spent, the request ends
/// with what failed last, and its message says so. Over any time <c>t</c> with <c>n</c> requests at most
/// <c>Burst + Ratio * n + PerSecond * t</c> replays are sent.
/// </remarks>
public sealed record RetryBudget
{
    /// <summary>20 % of the requests and 10 each second, at most 100 saved up.</summary>
    public static RetryBudget Default => new();

    /// <summary>No bound on replays.</summary>
    public static RetryBudget Off => new() { Enabled = false };

    /// <summary>Whether replays are bounded. True by default.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Tokens that each request brings. 0.2 by default.</summary>
    public double Ratio { get; init; } = 0.2;

    /// <summary>Tokens that each second brings, so that a quiet client can replay too. 10 by default.</summary>
    public double PerSecond { get; init; } = 10;

    /// <summary>Tokens that are saved up at most; the client starts with them. 100 by default.</summary>
    public double Burst { get; init; } = 100;

    internal IEnumerable<string> Faults(string name)
    {
        if (!double.IsFinite(Ratio) || Ratio < 0) yield return $"{name}.Ratio is {Ratio}; it must be a number from 0";
        if (!double.IsFinite(PerSecond) || PerSecond < 0) yield return $"{name}.PerSecond is {PerSecond}; it must be a number from 0";
        if (!double.IsFinite(Burst) || Burst < 1) yield return $"{name}.Burst is {Burst}; it must be a number from 1, or no replay could ever be paid for; to send none, use Replay.Never";
    }
}
