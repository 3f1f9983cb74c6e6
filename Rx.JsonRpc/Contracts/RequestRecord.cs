namespace Rx.JsonRpc;

/// <summary>A request that has ended, with every attempt: what a log keeps, and what <c>rxrpc replay</c> feeds to other policies.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Idempotent">Whether the method was marked idempotent.</param>
/// <param name="StartedAt">When it was subscribed, by the client's clock.</param>
/// <param name="Took">How long it took over all attempts and waits.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Attempts">Every attempt, in the order in which they began. Parameters and results are never kept.</param>
public sealed record RequestRecord(
    string Method, bool Idempotent, DateTimeOffset StartedAt, TimeSpan Took, OutcomeKind Outcome, IReadOnlyList<Attempt> Attempts)
{
    /// <summary>One line for a log.</summary>
    /// <returns>Method, outcome, time and the number of attempts.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{OneLine.OfPeer(Method)}: {Outcome} after {Took.TotalMilliseconds:0.###} ms, attempts: {Attempts.Count}");
}
