namespace Rx.JsonRpc.Servers;

/// <summary>What the caller is told when a request ends without a reply: the real last cause, with every attempt.</summary>
internal static class FailureStory
{
    private const int MostTold = 8;

    /// <summary>The error reply that is the answer after all: every server was asked, or time ran out, and the last word was an error. A server that was away has said nothing.</summary>
    public static JsonRpcError? AnswerIn(Exception failure, RequestTrail trail) => failure switch
    {
        ErrorReplyException reply => reply.Error,
        AggregateException or TimeoutException or NoServerException => trail.LastError,
        _ => null,
    };

    public static Exception Tell(Exception failure, RequestTrail trail)
    {
        if (failure is NoServerException none && trail.Attempts.Count == 0)
        {
            failure = new NoServerException($"{trail.Method}: {none.Message}; it was not sent. Wait for the topology to name one, or set WhenDisconnected to Wait") { Method = trail.Method };
        }
        else if (failure is AggregateException or TimeoutException or NoServerException)
        {
            failure = trail.LastDecisive() switch
            {
                null when trail.Limit.Due == TimeSpan.Zero && trail.Attempts.Count == 0 => TooLate(failure, trail),
                // A reply in the story of a failure is one that came in the very moment in which the limit ran out.
                { End: AttemptEnd.TimedOut or AttemptEnd.Result or AttemptEnd.Error } late => TimedOut(failure, late, trail),
                { End: AttemptEnd.ConnectionLost } lost when trail.BudgetSpent => Lost(failure, lost, trail),
                _ => NoServer(failure, trail),
            };
        }
        else if (failure is JsonRpcException leaf)
        {
            FailureAccount.Complete(leaf, trail);
        }
        if (failure is JsonRpcException known) known.Attempts = trail.Attempts;
        return failure;
    }

    /// <summary>What the caller is told when the client itself stops a request, wherever that is.</summary>
    public static Exception Stopped(Exception reason, RequestTrail trail)
    {
        if (reason is JsonRpcException known)
        {
            known.Method = trail.Method;
            known.Server = LastServer(trail);
            known.Written = WrittenAtAll(trail);
            known.Attempts = trail.Attempts;
            FailureAccount.Complete(known, trail);
        }
        return reason;
    }

    private static RequestTimeoutException TooLate(Exception failure, RequestTrail trail) =>
        new($"{trail.Method}: the {trail.Limit.Name} had passed before anything could be sent; it was not sent. Give a later deadline", failure)
        {
            Method = trail.Method,
            Written = Written.NotWritten,
        };

    private static RequestTimeoutException TimedOut(Exception failure, Attempt late, RequestTrail trail) =>
        new($"{trail.Method}: no reply in time after {Count(trail)}{Within(failure, trail)}: {Attempts(trail)}; it may have run. {Advice(trail, MoreTime(failure, trail))}", failure)
        {
            Method = trail.Method,
            Server = late.Server,
            Written = Written.MaybeExecuted,
        };

    private static NoServerException NoServer(Exception failure, RequestTrail trail) =>
        new($"{trail.Method}: no server answered after {Count(trail)}{Within(failure, trail)}: {Attempts(trail)}; {FailureAccount.Ran(WrittenAtAll(trail))}. {Advice(trail, "Check that a server is running and can be reached")}", failure)
        {
            Method = trail.Method,
            Server = LastServer(trail),
            Written = WrittenAtAll(trail),
        };

    private static ConnectionLostException Lost(Exception failure, Attempt lost, RequestTrail trail) =>
        new($"{trail.Method}: the connection was lost after {Count(trail)}: {Attempts(trail)}; it may have run. {Advice(trail, "")}", failure)
        {
            Method = trail.Method,
            Server = lost.Server,
            Written = Written.MaybeExecuted,
        };

    /// <summary>Which limit ended it, if one did.</summary>
    private static string Within(Exception failure, RequestTrail trail) => failure is TimeoutException ? $" within the {trail.Limit}" : "";

    private static string MoreTime(Exception failure, RequestTrail trail) => failure is TimeoutException && trail.Limit.IsDeadline
        ? "Give a later deadline, or add a server that answers"
        : "Raise the timeouts, or add a server that answers";

    private static string Advice(RequestTrail trail, string otherwise) => trail.BudgetSpent
        ? "The client's retry budget is spent, so it was not sent again (RetryBudget bounds replays)"
        : trail.NotWaited ?? otherwise;

    private static ServerAddress? LastServer(RequestTrail trail) => trail.Attempts is [.., var last] ? last.Server : null;

    private static Written WrittenAtAll(RequestTrail trail) => trail.LastDecisive() is null ? Written.NotWritten : Written.MaybeExecuted;

    private static string Count(RequestTrail trail) => trail.Attempts.Count == 1 ? "1 attempt" : $"{trail.Attempts.Count} attempts";

    private static string Attempts(RequestTrail trail)
    {
        if (trail.Attempts.Count == 0) return "the client had no server to ask";
        int untold = Math.Max(0, trail.Attempts.Count - MostTold);
        string told = string.Join("; ", trail.Attempts.Skip(untold).Select(attempt => $"{attempt.Server} {attempt.End}: {attempt.Reason.TrimEnd('.')}"));
        return untold == 0 ? told : $"({untold} earlier) {told}";
    }
}
