namespace Rx.JsonRpc;

/// <summary>Whether any byte of a request reached a socket.</summary>
public enum Written
{
    /// <summary>
    /// The request has not run: no byte of it was handed to a socket and none will be, or the server said that it refused the request
    /// without running it (<see cref="JsonRpcError.IsRefusal"/>).
    /// </summary>
    NotWritten,

    /// <summary>Bytes of it were handed to a socket: the request may have run.</summary>
    MaybeExecuted,
}

/// <summary>How an attempt ended.</summary>
public enum AttemptEnd
{
    /// <summary>With a result.</summary>
    Result,

    /// <summary>With a JSON-RPC error.</summary>
    Error,

    /// <summary>The server was not asked: it was not connected, was ejected by its circuit breaker, or had no room.</summary>
    Unavailable,

    /// <summary>The connection was lost.</summary>
    ConnectionLost,

    /// <summary>No reply came in time.</summary>
    TimedOut,

    /// <summary>The request or the reply could not be written or read as the method's types.</summary>
    Faulty,

    /// <summary>The caller stopped waiting, or another server answered a hedged request first.</summary>
    Cancelled,

    /// <summary>The server said that it refused the request without running it: it is stopping, or has too many calls in flight.</summary>
    Refused,
}

/// <summary>One try on one server.</summary>
public readonly struct Attempt
{
    /// <summary>The server that was tried.</summary>
    public required ServerAddress Server { get; init; }

    /// <summary>When it began, counted from the request's subscription.</summary>
    public TimeSpan StartedAfter { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>Whether the request may have run there.</summary>
    public Written Written { get; init; }

    /// <summary>How it ended.</summary>
    public AttemptEnd End { get; init; }

    /// <summary>
    /// Whether the server had a connection for it. An unavailable server that had one was not away: its circuit breaker or a bound kept
    /// the request from it.
    /// </summary>
    public bool Connected { get; init; }

    /// <summary>The code of the JSON-RPC error or refusal that it ended with; null for every other end.</summary>
    public int? ErrorCode { get; init; }

    /// <summary>What was wrong, in a few words on one line; empty for a result.</summary>
    public string Reason { get => field ?? ""; init => field = OneLine.Of(value); }

    /// <summary>One line for a log.</summary>
    /// <returns>Server, end, reason, times and whether it may have run.</returns>
    public override string ToString()
    {
        string why = Reason.Length == 0 ? "" : $" ({Reason})";
        string ran = End is AttemptEnd.Result or AttemptEnd.Error ? "has run"
            : End == AttemptEnd.Refused ? "not executed"
            : Written == Written.NotWritten ? "not written" : "may have run";
        return FormattableString.Invariant($"{Server}: {End}{why} after {Took.TotalMilliseconds:0.###} ms, started at {StartedAfter.TotalMilliseconds:0.###} ms, {ran}");
    }
}
