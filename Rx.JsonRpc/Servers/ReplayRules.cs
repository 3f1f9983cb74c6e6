namespace Rx.JsonRpc.Servers;

/// <summary>Which failures may be followed by another attempt: the one predicate that guards failover and retry rounds alike.</summary>
internal static class ReplayRules
{
    public static bool MayMove(Exception failure, Replay replay, bool idempotent) => replay != Replay.Never && failure switch
    {
        InvalidParametersException or InvalidReplyException => false,
        // An error reply only gets here when the policy's RetryOn calls it a failure; that is the user's word that it may be tried again.
        ErrorReplyException => true,
        // A whole round failed, each of its failures allowed to move on.
        AggregateException => true,
        JsonRpcException known => EvenIfItRan(replay, idempotent) || known.Written == Written.NotWritten,
        _ => false,
    };

    /// <summary>Whether the request may run on two servers at once.</summary>
    public static bool MayOverlap(Replay replay, bool idempotent) => replay != Replay.Never && EvenIfItRan(replay, idempotent);

    /// <summary>
    /// Whether a whole round ended with no server left to ask: each was away or leaving, or was lost while it was asked, by a request that
    /// may be sent again. The next round may wait until somebody can be asked. A server that refused the request and stays does not count:
    /// its refusal makes room in the client's own table, so that the request would be sent to it again at once, and again.
    /// </summary>
    public static bool FoundNoServer(Exception failure) =>
        failure is NoServerException
        || (failure is AggregateException { InnerExceptions: { Count: > 0 } round }
            && round.All(each => each is ServerUnavailableException { Refusal: null or { IsLeaving: true } } or ConnectionLostException));

    private static bool EvenIfItRan(Replay replay, bool idempotent) => idempotent || replay == Replay.Always;
}
