namespace Rx.JsonRpc.Servers;

/// <summary>Which failures may be followed by another attempt: the one predicate that guards failover and retry rounds alike.</summary>
internal static class ReplayRules
{
    private static readonly Func<Exception, bool> Nothing = static _ => false;
    private static readonly Func<Exception, bool> WhatCannotHaveRun = static failure => MayMove(failure, evenIfItRan: false);
    private static readonly Func<Exception, bool> AllButFaulty = static failure => MayMove(failure, evenIfItRan: true);

    public static Func<Exception, bool> MayMove(Replay replay, bool idempotent) => replay switch
    {
        Replay.Never => Nothing,
        Replay.Always => AllButFaulty,
        _ => idempotent ? AllButFaulty : WhatCannotHaveRun,
    };

    /// <summary>Whether the request may run on two servers at once.</summary>
    public static bool MayOverlap(Replay replay, bool idempotent) => MayMove(replay, idempotent) == AllButFaulty;

    /// <summary>
    /// Whether a whole round ended with no server left to ask: each was away, or was lost while it was asked, by a request that may be sent
    /// again. The next round may wait until somebody can be asked.
    /// </summary>
    public static bool FoundNoServer(Exception failure) =>
        failure is NoServerException
        || (failure is AggregateException { InnerExceptions: { Count: > 0 } round }
            && round.All(each => each is ServerUnavailableException or ConnectionLostException));

    private static bool MayMove(Exception failure, bool evenIfItRan) => failure switch
    {
        InvalidParametersException or InvalidReplyException => false,
        // An error reply only gets here when the policy's RetryOn calls it a failure; that is the user's word that it may be tried again.
        ErrorReplyException => true,
        // A whole round failed, each of its failures allowed to move on.
        AggregateException => true,
        JsonRpcException known => evenIfItRan || known.Written == Written.NotWritten,
        _ => false,
    };
}
