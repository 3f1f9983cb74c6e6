namespace Rx.JsonRpc.Servers;

/// <summary>
/// Completes the message of a failure that reaches the caller as it was raised: it names the method, the server, the attempt, whether the
/// request may have run, and what to do. docs/errors.md lists the messages.
/// </summary>
internal static class FailureAccount
{
    public static void Complete(JsonRpcException failure, RequestTrail trail)
    {
        string cause = failure.Cause.TrimEnd('.');
        string method = cause.StartsWith($"{trail.Method}: ", StringComparison.Ordinal) ? "" : $"{trail.Method}: ";
        string advice = Advice(failure, trail);
        failure.Tell($"{method}{cause}{Place(failure, cause, trail.Attempts)}; {Ran(failure.Written)}{(advice.Length == 0 ? "" : $": {advice}")}");
    }

    public static string Ran(Written written) => written == Written.NotWritten ? "it was not sent" : "it may have run";

    private static string Place(JsonRpcException failure, string cause, IReadOnlyList<Attempt> attempts)
    {
        if (attempts.Count == 0) return "";
        string server = failure.Server is null || cause.Contains($"{failure.Server}", StringComparison.Ordinal) ? "" : $" on {failure.Server}";
        return $" (attempt {Number(failure, attempts)}{server})";
    }

    // Of a hedged request the attempt that failed need not be the one that began last.
    private static int Number(JsonRpcException failure, IReadOnlyList<Attempt> attempts)
    {
        for (int i = attempts.Count - 1; i >= 0; i--)
        {
            if (attempts[i].End != AttemptEnd.Cancelled && attempts[i].Server.Equals(failure.Server)) return i + 1;
        }
        return attempts.Count;
    }

    private static string Advice(JsonRpcException failure, RequestTrail trail) => failure switch
    {
        InvalidParametersException => "correct the parameters",
        InvalidReplyException { InnerException: null } => "check that the server speaks JSON-RPC 2.0",
        InvalidReplyException => "compare the method's result type with what the server sends",
        ErrorReplyException reply when !trail.Terms.Policy.RetryOn.Contains(reply.Error.Code) => "to ask the next server after this code, list it in RetryOn",
        _ when trail.Attempts.Count > 0 && trail.Terms.Policy.Replay == Replay.Never => "Replay is Never, so no other server was asked",
        ConnectionLostException or RequestTimeoutException or ProtocolViolationException when failure.Written == Written.MaybeExecuted =>
            "to try the next server all the same, mark the method idempotent or set Replay to Always",
        _ => "",
    };
}
