using System.Net;
using System.Reactive.Disposables;

namespace Rx.JsonRpc.Kamailio;

/// <summary>
/// A SIP transaction that Kamailio has suspended until it is answered: exactly once, by whoever comes first. All members may be used from
/// any thread.
/// </summary>
/// <remarks>
/// It becomes inert, and its request is unsubscribed, when the connection to its Kamailio ends, and when the same transaction is suspended
/// anew: an old answer never resumes a newer suspension.
/// </remarks>
public sealed class SuspendedTransaction
{
    private readonly EvapiConnection _connection;
    private SingleAssignmentDisposableValue _request;
    private TransactionDeadline? _limit;
    private int _ended;
    // The suspension itself, and the queue in front of the host's observers.
    private int _holders = 1;
    private int _hasRequest;

    internal SuspendedTransaction(EvapiConnection connection, in EvapiEvent read, RawJson parameters, RawJson wholeEvent, DateTimeOffset now)
    {
        _connection = connection;
        Index = read.Index!.Value;
        Label = read.Label!.Value;
        Token = read.Token;
        Method = read.Method!;
        Parameters = parameters;
        ReturnRoute = read.ReturnRoute!;
        ErrorRoute = read.ErrorRoute ?? "";
        Pool = read.Pool ?? "";
        Idempotent = read.Idempotent;
        Details = read.Details;
        Event = wholeEvent;
        KeptBytes = read.KeptBytes(wholeEvent.Utf8.Length);
        Deadline = DeadlineOf(read, now);
    }

    /// <summary>The evapi socket that it came from.</summary>
    public EndPoint Socket => _connection.Socket.EndPoint;

    /// <summary>Kamailio's index of the transaction (<c>$T(id_index)</c>).</summary>
    public uint Index { get; }

    /// <summary>Kamailio's label of the transaction (<c>$T(id_label)</c>).</summary>
    public uint Label { get; }

    /// <summary>The method to call.</summary>
    public string Method { get; }

    /// <summary>The parameters; empty when there are none.</summary>
    public RawJson Parameters { get; }

    /// <summary>The route that goes on with a result.</summary>
    public string ReturnRoute { get; }

    /// <summary>The route that goes on with anything else; empty when the event names none: then the script's own default.</summary>
    public string ErrorRoute { get; }

    /// <summary>The named pool of servers; empty when the event names none.</summary>
    public string Pool { get; }

    /// <summary>
    /// Until when the answer is of use; then the gateway resumes the transaction as a timeout, unless somebody has. Null when the event says
    /// nothing of it: then whoever answers it must not forget it.
    /// </summary>
    public DateTimeOffset? Deadline { get; }

    /// <summary>Whether the script says that running the method twice does no harm.</summary>
    public bool Idempotent { get; }

    /// <summary>Whether the script wants to know the attempts.</summary>
    public bool Details { get; }

    /// <summary>The event as it came, with members that the gateway does not know.</summary>
    public RawJson Event { get; }

    /// <summary>Whether it still waits for its answer.</summary>
    public bool IsSuspended => Volatile.Read(ref _ended) == 0;

    internal (uint Index, uint Label) Key => (Index, Label);

    internal TransactionId Id => new(Index, Label, Token);

    /// <summary>How many bytes of the event it keeps.</summary>
    internal int KeptBytes { get; }

    private long? Token { get; }

    /// <summary>Resumes the transaction, unless it was resumed before or has become inert: one frame is sent to Kamailio.</summary>
    /// <param name="outcome">A result goes to the return route, everything else to the error route.</param>
    /// <returns>Whether this call resumed it.</returns>
    public bool Resume(Outcome<RawJson> outcome)
    {
        if (!TryEnd()) return false;
        _connection.Answer(this, outcome);
        _request.Dispose();
        return true;
    }

    /// <summary>Index, label and method.</summary>
    /// <returns>Text for a log.</returns>
    public override string ToString() => $"{Index}:{Label} {OneLine.OfPeer(Method)}";

    /// <summary>Subscribes to the one request that the transaction waits for; it is unsubscribed when the transaction ends in another way.</summary>
    internal IDisposable WaitFor(IObservable<Reply<RawJson>> source)
    {
        if (Interlocked.Exchange(ref _hasRequest, 1) == 1) throw new InvalidOperationException($"The transaction {this} waits for a source already.");
        if (!IsSuspended) return Disposable.Empty;
        IDisposable request = source.Resume(outcome => Resume(outcome));
        _request.Disposable = request;
        return request;
    }

    /// <summary>False when its deadline has passed: then it is resumed as a timeout.</summary>
    /// <param name="now">The time.</param>
    /// <param name="left">What is left until the deadline; null when it has none.</param>
    internal bool IsInTime(DateTimeOffset now, out TimeSpan? left)
    {
        left = Deadline - now;
        if (left is null || left > TimeSpan.Zero) return true;
        Resume(Outcome<RawJson>.From(new TimeoutException("the deadline had passed when the event came")));
        return false;
    }

    /// <summary>Sees to it that it is resumed as a timeout when it has not ended by then.</summary>
    internal void LimitTo(TimeSpan left, TimerQueue timers)
    {
        _limit = new TransactionDeadline(this, timers);
        _limit.Arm(left);
        // Whoever ended it meanwhile may have looked for the limit before it was armed.
        if (!IsSuspended) _limit.Disarm();
    }

    /// <summary>The queue in front of the observers holds it too: its bytes are kept until both have let go.</summary>
    /// <returns>False when it has ended already, and its bytes are kept no longer.</returns>
    internal bool TryHold() => Interlocked.CompareExchange(ref _holders, 2, 1) == 1;

    /// <summary>One holder less.</summary>
    /// <returns>How many bytes are kept no longer: all of them for the last holder, none before.</returns>
    internal int LetGo() => Interlocked.Decrement(ref _holders) == 0 ? KeptBytes : 0;

    /// <summary>Makes it inert without an answer.</summary>
    internal bool TryGiveUp()
    {
        if (!TryEnd()) return false;
        _request.Dispose();
        return true;
    }

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 1) return false;
        _limit?.Disarm();
        return true;
    }

    private static DateTimeOffset? DeadlineOf(in EvapiEvent read, DateTimeOffset now)
    {
        DateTimeOffset? deadline = read.DeadlineMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
        if (read.TimeoutMs is not { } timeout) return deadline;
        DateTimeOffset due = now.AddMilliseconds(timeout);
        return deadline < due ? deadline : due;
    }
}
