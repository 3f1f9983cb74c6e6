using System.Reactive.Concurrency;

namespace Rx.JsonRpc.Servers;

/// <summary>What one subscription of a request needs on its way: when it began, and its attempts so far. Shared with nobody.</summary>
/// <remarks>
/// Attempts do not overlap, but the end of the request does not wait for them: a total timeout ends it on the clock's thread while a reply
/// comes in on the reader's. So the trail has a lock, and is sealed before it is told.
/// </remarks>
internal sealed class RequestTrail
{
    // Retries for ever must not grow the list for ever: the oldest attempts go first.
    private const int MostKept = 1000;

    private readonly Lock _gate = new();
    private readonly IStopwatch _clock;
    private readonly TimeSpan _subscribedAt;
    private readonly List<Attempt> _ended = new(1);
    private AttemptRecord? _open;
    private int _begun;
    private bool _sealed;

    public RequestTrail(string method, IStopwatch clock)
    {
        Method = method;
        _clock = clock;
        _subscribedAt = clock.Elapsed;
    }

    public string Method { get; }

    /// <summary>The error reply that the policy counts as a failure, when the last attempt ended with one.</summary>
    public JsonRpcError? LastError { get; private set; }

    /// <summary>The attempts that have ended; read them from several threads only when the trail is sealed.</summary>
    public IReadOnlyList<Attempt> Attempts => _ended;

    public TimeSpan Elapsed => _clock.Elapsed - _subscribedAt;

    /// <summary>An attempt on one server that is noted here.</summary>
    public IObservable<Reply<T>> Attempt<T>(Server server, RequestPolicy policy, Func<AttemptRecord, IObservable<Reply<T>>> attempt) =>
        new RecordedAttempt<T>(server, this, policy, attempt);

    public AttemptRecord Begin(ServerAddress server)
    {
        lock (_gate)
        {
            var record = new AttemptRecord(server, ++_begun, Elapsed);
            if (_sealed) return record;
            LastError = null;
            return _open = record;
        }
    }

    /// <summary>The request has ended: nothing changes any more.</summary>
    public void Seal()
    {
        lock (_gate)
        {
            _sealed = true;
            _open = null;
        }
    }

    /// <summary>Ends the attempt that is under way, if there is one.</summary>
    public void End(AttemptEnd end, string reason = "", JsonRpcError? error = null)
    {
        lock (_gate) EndLocked(end, reason, error);
    }

    /// <summary>The last attempt that says something about the request, not only about a server that was away.</summary>
    public Attempt? LastDecisive()
    {
        for (int i = _ended.Count - 1; i >= 0; i--)
        {
            if (_ended[i] is { Written: Written.MaybeExecuted } attempt) return attempt;
        }
        return null;
    }

    private void EndLocked(AttemptEnd end, string reason, JsonRpcError? error)
    {
        if (_open is not { } open) return;
        _open = null;
        LastError = error;
        if (_ended.Count == MostKept) _ended.RemoveAt(0);
        _ended.Add(new Attempt
        {
            Server = open.Server,
            StartedAfter = open.StartedAfter,
            Took = Elapsed - open.StartedAfter,
            Written = open.Written,
            End = end,
            Reason = reason,
        });
    }
}
