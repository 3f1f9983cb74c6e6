namespace Rx.JsonRpc.Kamailio;

/// <summary>What a gateway has counted since it was made. Read from any thread; the numbers move while they are read.</summary>
/// <remarks>
/// Every request ends in exactly one of <see cref="Results"/>, <see cref="Errors"/>, <see cref="Timeouts"/>, <see cref="Failures"/>,
/// <see cref="Cancelled"/>, <see cref="Lost"/> and <see cref="Superseded"/>.
/// </remarks>
public sealed class EvapiCounters
{
    private readonly long[] _outcomes = new long[Enum.GetValues<OutcomeKind>().Length];
    private readonly long[] _problems = new long[Enum.GetValues<EvapiProblem>().Length];
    private long _requests;
    private long _notifications;
    private long _lost;
    private long _eventsDropped;
    private long _connections;

    internal EvapiCounters()
    {
    }

    /// <summary>Events that suspended a transaction which could be told by index and label, refused and faulty ones included.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Notifications that came, dropped ones included.</summary>
    public long Notifications => Volatile.Read(ref _notifications);

    /// <summary>Transactions resumed with a result.</summary>
    public long Results => Volatile.Read(ref _outcomes[(int)OutcomeKind.Result]);

    /// <summary>Transactions resumed with a JSON-RPC error.</summary>
    public long Errors => Volatile.Read(ref _outcomes[(int)OutcomeKind.Error]);

    /// <summary>Transactions resumed with a timeout.</summary>
    public long Timeouts => Volatile.Read(ref _outcomes[(int)OutcomeKind.Timeout]);

    /// <summary>Transactions resumed with a failure, refused and faulty ones included.</summary>
    public long Failures => Volatile.Read(ref _outcomes[(int)OutcomeKind.Failure]);

    /// <summary>Transactions resumed as cancelled.</summary>
    public long Cancelled => Volatile.Read(ref _outcomes[(int)OutcomeKind.Cancelled]);

    /// <summary>Transactions that were in flight when the connection to their Kamailio ended; they are inert.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Transactions that were suspended anew while in flight; the earlier event became inert.</summary>
    public long Superseded => Of(EvapiProblem.Superseded);

    /// <summary>Connections that have been opened.</summary>
    public long Connections => Volatile.Read(ref _connections);

    /// <summary>Notifications, changes and diagnostics that found their queue full.</summary>
    public long EventsDropped => Volatile.Read(ref _eventsDropped);

    /// <summary>How often there was a problem of this kind.</summary>
    /// <param name="problem">The kind.</param>
    /// <returns>The count.</returns>
    public long Of(EvapiProblem problem) => Volatile.Read(ref _problems[(int)problem]);

    internal void Requested() => Interlocked.Increment(ref _requests);

    internal void Notified() => Interlocked.Increment(ref _notifications);

    internal void Resumed(OutcomeKind kind) => Interlocked.Increment(ref _outcomes[(int)kind]);

    internal void LostOne() => Interlocked.Increment(ref _lost);

    internal void Had(EvapiProblem problem) => Interlocked.Increment(ref _problems[(int)problem]);

    internal void EventDropped() => Interlocked.Increment(ref _eventsDropped);

    internal void Connected() => Interlocked.Increment(ref _connections);
}
