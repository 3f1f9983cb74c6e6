using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc;

/// <summary>One server of a client: its address, its state, and what it counts. All members can be read from any thread.</summary>
public sealed partial class Server
{
    private readonly ServerServices _services;
    private readonly ServerLink[] _links;
    private readonly CircuitBreaker _breaker;
    private readonly WaitingLine _firstConnect;
    private readonly Lock _gate = new();
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    private ServerState _state = ServerState.Connecting;
    private string _reason = "connecting";
    private bool _draining;
    private uint _turn;

    internal Server(ServerAddress address, ServerServices services)
    {
        Address = address;
        _services = services;
        _breaker = services.MakeBreaker(address.Priority);
        _firstConnect = new WaitingLine(services.Options.MaxInFlightPerServer);
        _links = new ServerLink[services.Options.ConnectionsPerServer];
        for (int i = 0; i < _links.Length; i++) _links[i] = new ServerLink(this, services.Options, services.Connector, services.Clock);
    }

    /// <summary>Where the server listens, and how it ranks.</summary>
    public ServerAddress Address { get; }

    /// <summary>The state now; of several connections, the best one counts.</summary>
    public ServerState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Requests that wait for a reply; counted when asked.</summary>
    public int InFlight => _links.Sum(link => link.Connection?.Pending.Count ?? 0);

    internal IJsonRpcSerializer Serializer => _services.Serializer;

    internal Continuations Continuations => _services.Continuations;

    /// <summary>How much of what the server sent, or of what was to be told about it, has been dropped for a reason.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>The count since the client was made.</returns>
    public long DroppedFor(DropReason reason) => Interlocked.Read(ref _dropped[(int)reason]);

    /// <summary>The address and the state.</summary>
    /// <returns>Text for a log.</returns>
    public override string ToString() => $"{Address} ({State})";

    internal void Start()
    {
        foreach (ServerLink link in _links) link.Start();
    }

    internal IObservable<Reply<TResult>> Call<TParams, TResult>(Method<TParams, TResult> method, TParams parameters, AttemptRecord record) =>
        new ServerCall<TParams, TResult>(this, method, parameters, record);

    internal IObservable<Reply<System.Reactive.Unit>> Notify<TParams>(
        string method, byte[] prefix, TParams parameters, JsonTypeInfo<TParams> typeInfo, AttemptRecord record) =>
        new ServerNotify<TParams>(this, method, prefix, parameters, typeInfo, record);

    /// <summary>Gives the request a connection, a place in the line for the first one, or a refusal.</summary>
    internal void Admit(IServerRequest request)
    {
        if (Pick() is { } connection) Ask(connection, request);
        else WaitForFirstConnect(request);
    }

    internal void Forget(IServerRequest request) => _firstConnect.Forget(request);

    /// <summary>Tells the breaker how an attempt ended that was given a connection here.</summary>
    internal void Judge(AttemptRecord attempt, Verdict verdict, TimeSpan now)
    {
        if (attempt is { Connection: { } connection } && verdict == Verdict.Failed && attempt.Lost && !connection.TryCountLoss()
            && !CircuitBreaker.IsProbe(attempt.Ticket)) return;
        if (!_breaker.Judge(attempt.Ticket, verdict, now)) return;
        lock (_gate) ChangeLocked(_state == ServerState.Ejected && _breaker.IsClosed ? "the probe call was answered" : _reason);
        _services.Changes.Flush();
        CallWaiting();
    }

    internal ServerUnavailableException NotConnected()
    {
        string reason;
        lock (_gate) reason = _reason;
        string prefix = $"{Address}: ";
        if (reason.StartsWith(prefix, StringComparison.Ordinal)) reason = reason[prefix.Length..];
        return new ServerUnavailableException($"{Address} is not connected: {reason}");
    }

    internal ServerUnavailableException Full() =>
        new($"{Address} has {_services.Options.MaxInFlightPerServer} requests in flight, as many as MaxInFlightPerServer allows");

    internal ServerUnavailableException QueueFull() =>
        new($"{Address} takes no more bytes: MaxQueuedBytesPerConnection ({_services.Options.MaxQueuedBytesPerConnection}) wait to be sent");

    internal void Enter(ServerLink link, ServerState state, string reason)
    {
        bool firstConnectOver;
        lock (_gate)
        {
            // For good: a connect that ends while the link is closed must not bring the server back.
            if (link.State == ServerState.Retired) return;
            link.State = state;
            ChangeLocked(reason);
            firstConnectOver = BestLocked() != ServerState.Connecting;
        }
        _services.Changes.Flush();
        if (firstConnectOver) CloseLine();
        // Afterwards: those in the line of the first connect were here before.
        CallWaiting();
    }

    /// <summary>Why there is no connection, for those who ask before the link has decided what comes next.</summary>
    internal void Lost(string reason)
    {
        lock (_gate) _reason = reason;
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

    internal Task CloseAsync(Exception why, TimeSpan limit) => Task.WhenAll(_links.Select(link => link.CloseAsync(why, limit)));

    internal void Pushed(ServerNotification notification, long length)
    {
        if (!_services.Notifications.TryPublish(notification)) Dropped(DropReason.QueueFull, length);
    }

    internal void Dropped(DropReason reason, long length)
    {
        Interlocked.Increment(ref _dropped[(int)reason]);
        _services.Diagnostics.TryPublish(new ServerDiagnostic(Address, reason, length));
    }

    private void Ask(ServerConnection connection, IServerRequest request)
    {
        TimeSpan now = _breaker.IsClosed ? default : _services.Stopwatch.Elapsed;
        if (!_breaker.TryAdmit(now, request.Judged is not null, out long ticket) && _services.Servers.Any(server => server.IsUsable))
        {
            request.Refuse(new ServerUnavailableException($"{Address} is {_breaker.Reason}"));
            return;
        }
        if (request.Judged is { } record)
        {
            record.Ticket = ticket;
            record.Connection = connection;
            Interlocked.MemoryBarrier();
            if (record.Ended) _breaker.Judge(ticket, Verdict.Nothing, now);
        }
        request.Begin(connection);
    }

    private void WaitForFirstConnect(IServerRequest request)
    {
        switch (_firstConnect.TryWait(request))
        {
            case Admission.Admitted:
                break;
            case Admission.Full:
                request.Refuse(FirstConnectFull());
                break;
            // The line may have been closed since that look, and because there is a connection now.
            case Admission.Closed when Pick() is { } connection:
                Ask(connection, request);
                break;
            default:
                request.Refuse(NotConnected());
                break;
        }
    }

    private ServerUnavailableException FirstConnectFull() =>
        new($"{Address} is still being connected for the first time, and {_services.Options.MaxInFlightPerServer} requests wait for that, as many as MaxInFlightPerServer allows");

    private ServerConnection? Pick()
    {
        if (_links.Length == 1) return _links[0].Connection;
        uint first = Interlocked.Increment(ref _turn);
        ServerConnection? full = null;
        for (uint i = 0; i < _links.Length; i++)
        {
            if (_links[(first + i) % _links.Length].Connection is not { } connection) continue;
            if (connection.Pending.HasRoom) return connection;
            full ??= connection;
        }
        return full;
    }

    private ServerState BestLocked() => _links.Min(link => Rank(link.State)) switch
    {
        0 => ServerState.Connected,
        1 => ServerState.Connecting,
        2 => ServerState.Waiting,
        _ => ServerState.Retired,
    };

    private void ChangeLocked(string reason)
    {
        ServerState from = _state;
        ServerState best = BestLocked();
        ServerState to = _draining && best != ServerState.Retired ? ServerState.Draining
            : best == ServerState.Connected && !_breaker.IsClosed ? ServerState.Ejected
            : best;
        if (to == ServerState.Ejected) reason = _breaker.Reason;
        _reason = reason;
        if (from == to) return;
        _state = to;
        var change = new ServerChange(Address, from, to, reason, _services.Clock.Now);
        if (!_services.Changes.TryAdd(change)) Interlocked.Increment(ref _dropped[(int)DropReason.QueueFull]);
    }

    private static int Rank(ServerState state) => state switch
    {
        ServerState.Connected => 0,
        ServerState.Connecting => 1,
        ServerState.Waiting => 2,
        _ => 3,
    };

    private void CloseLine()
    {
        foreach (IServerRequest request in _firstConnect.Close())
        {
            Continuations.Schedule(static state =>
            {
                (Server server, IServerRequest waited) = ((Server, IServerRequest))state!;
                if (server.Pick() is { } connection) server.Ask(connection, waited);
                else waited.Refuse(server.NotConnected());
            }, (this, request));
        }
    }
}
