using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc;

/// <summary>One server of a client: its address, its state, and what it counts. All members can be read from any thread.</summary>
public sealed partial class Server
{
    private readonly ServerServices _services;
    private readonly CircuitBreaker _breaker;
    private readonly WaitingLine _firstConnect;
    private readonly Lock _gate = new();
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    private volatile ServerAddress _address;
    private volatile ServerLink[] _links;
    private ServerState _state = ServerState.Connecting;
    private string _reason = "not started";
    private bool _started;
    private bool _draining;
    private uint _turn;

    internal Server(ServerAddress address, ServerServices services)
    {
        _address = address;
        _services = services;
        _since = services.Clock.Now;
        _breaker = services.Breakers.Make(address.Priority);
        _firstConnect = new WaitingLine(services.Options.MaxInFlightPerServer);
        _links = NewLinks();
    }

    /// <summary>Where the server listens, and how it ranks; a topology may change its rank.</summary>
    public ServerAddress Address => _address;

    /// <summary>The state now; of several connections, the best one counts.</summary>
    public ServerState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Requests that wait for a reply; counted when asked.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate) return InFlightLocked();
        }
    }

    internal IJsonRpcSerializer Serializer => _services.Serializer;

    internal System.Reactive.Concurrency.IStopwatch Stopwatch => _services.Stopwatch;

    internal ServerCallRoutes Calls => _services.Calls;

    internal Continuations Continuations => _services.Continuations;

    internal ByteBudget PushedBytes => _services.PushedBytes;

    /// <summary>How much of what the server sent, or of what was to be told about it, has been dropped for a reason.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>The count since the client was made.</returns>
    public long DroppedFor(DropReason reason) => Interlocked.Read(ref _dropped[(int)reason]);

    /// <summary>The address and the state.</summary>
    /// <returns>Text for a log.</returns>
    public override string ToString() => $"{Address} ({State})";

    internal void Start()
    {
        _services.BeginFirstConnectGrace();
        ServerLink[] links;
        lock (_gate)
        {
            _started = true;
            links = _links;
        }
        foreach (ServerLink link in links) link.Start();
    }

    internal IObservable<Reply<TResult>> Call<TParams, TResult>(Method<TParams, TResult> method, TParams parameters, AttemptRecord record) =>
        new ServerCall<TParams, TResult>(this, method, parameters, record);

    internal IObservable<Reply<TResult>> CallOnce<TParams, TResult>(Method<TParams, TResult> method, TParams parameters, AttemptRecord record) =>
        ServerCall<TParams, TResult>.Once(this, method, parameters, record);

    internal IObservable<Reply<System.Reactive.Unit>> Notify<TParams>(
        string method, byte[] prefix, TParams parameters, JsonTypeInfo<TParams> typeInfo, AttemptRecord record) =>
        new ServerNotify<TParams>(this, method, prefix, parameters, typeInfo, record);

    /// <summary>Tells the breaker how an attempt ended that was given a connection here.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="verdict">What it says.</param>
    /// <param name="now">The time.</param>
    /// <param name="began">When the attempt began.</param>
    internal void Judge(AttemptRecord attempt, Verdict verdict, TimeSpan now, TimeSpan began)
    {
        if (attempt is { Connection: { } connection } && verdict == Verdict.Failed && attempt.Lost && !connection.TryCountLoss()
            && !CircuitBreaker.IsProbe(attempt.Ticket)) return;
        TimeSpan heard = verdict == Verdict.Failed ? LastHeard(attempt.Connection) : default;
        if (heard > began) verdict = Verdict.Late;
        if (!_breaker.Judge(attempt.Ticket, verdict, now, heard)) return;
        lock (_gate) ChangeLocked(_state == ServerState.Ejected && _breaker.IsClosed ? "the probe call was answered" : _reason);
        _services.Changes.Flush();
        CallWaiting();
    }

    internal void Enter(ServerLink link, ServerState state, string reason)
    {
        bool firstConnectOver;
        lock (_gate)
        {
            // For good: a connect that ends while the link is closed must not bring the server back.
            if (link.State == ServerState.Retired) return;
            link.State = state;
            // One that has been replaced counts no more; but a server has left only when it has ended too.
            if (TryForgetFormerLocked(link) && _duty != Duty.Leaving) return;
            ChangeLocked(reason);
            firstConnectOver = BestLocked() != ServerState.Connecting;
            if (_duty == Duty.Leaving && _state == ServerState.Retired) _leaving.Dispose();
        }
        _services.Changes.Flush();
        if (firstConnectOver) CloseLine();
        // Afterwards: those in the line of the first connect were here before.
        CallWaiting();
    }

    /// <summary>Why there is no connection, for those who ask before the link has decided what comes next.</summary>
    internal void Lost(ServerLink link, string reason)
    {
        lock (_gate)
        {
            if (_duty == Duty.On && Array.IndexOf(_links, link) >= 0) _reason = reason;
        }
    }

    internal void Drain()
    {
        lock (_gate)
        {
            _draining = true;
            ChangeLocked("draining");
        }
        _services.Changes.Flush();
        CallWaiting();
    }

    internal void Pushed(ServerNotification notification, long length)
    {
        if (!_services.TryPublish(notification)) Dropped(DropReason.QueueFull, length);
    }

    internal void Dropped(DropReason reason, long length, int? errorCode = null)
    {
        Interlocked.Increment(ref _dropped[(int)reason]);
        _services.Diagnostics.TryPublish(new ServerDiagnostic(Address, reason, length) { ErrorCode = errorCode });
    }

    /// <summary>A call has no reply in its time, but the client was late to look for it.</summary>
    internal void ClientWasLate(TimeSpan late)
    {
        Interlocked.Increment(ref _dropped[(int)DropReason.ClientLate]);
        _services.Diagnostics.TryPublish(new ServerDiagnostic(Address, DropReason.ClientLate, 0) { Late = late });
    }

    /// <summary>When anything came from the server last, on the connection of an attempt or on another one.</summary>
    private TimeSpan LastHeard(ServerConnection? connection)
    {
        TimeSpan last = connection?.HeardAt ?? default;
        foreach (ServerLink link in _links)
        {
            if (link.Open is { } other && other.HeardAt > last) last = other.HeardAt;
        }
        return last;
    }

    private int InFlightLocked() => _links.Concat(_formerLinks).Sum(link => link.Open?.Pending.Count ?? 0);

    private ServerState BestLocked() => _links.Concat(_duty == Duty.Leaving ? _formerLinks : []).Min(link => Rank(link.State)) switch
    {
        0 => ServerState.Connected,
        1 => ServerState.Draining,
        2 => ServerState.Connecting,
        3 => ServerState.Waiting,
        _ => ServerState.Retired,
    };

    private void ChangeLocked(string reason)
    {
        ServerState from = _state;
        ServerState best = BestLocked();
        ServerState to = _duty == Duty.Disabled && !_closed ? ServerState.Disabled
            : (_draining || _duty != Duty.On) && best != ServerState.Retired ? ServerState.Draining
            : best == ServerState.Connected && !_breaker.IsClosed ? ServerState.Ejected
            : best;
        if (to == ServerState.Ejected) reason = _breaker.Reason;
        if (_duty != Duty.On && to is ServerState.Draining or ServerState.Disabled) reason = _orderReason;
        _reason = reason;
        if (from == to) return;
        _state = to;
        _since = _services.Clock.Now;
        if (to == ServerState.Connected) NoteReturnLocked();
        var change = new ServerChange(Address, from, to, reason, _since);
        if (!_services.Changes.TryAdd(change)) Interlocked.Increment(ref _dropped[(int)DropReason.QueueFull]);
    }

    private static int Rank(ServerState state) => state switch
    {
        ServerState.Connected => 0,
        ServerState.Draining => 1,
        ServerState.Connecting => 2,
        ServerState.Waiting => 3,
        _ => 4,
    };
}
