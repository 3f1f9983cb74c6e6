using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Listening;

/// <summary>The connections of one listener: admits them up to the bound, and knows when the last one has closed.</summary>
internal sealed class OpenConnections
{
    // Few, because each costs as much as one that is admitted.
    private const int MostTurnedAway = 64;
    private const string Stopping = "the server is stopping";

    private readonly Lock _gate = new();
    private readonly ListenerServices _services;
    private readonly HashSet<ListenerConnection> _open = [];
    private readonly HashSet<ListenerConnection> _turnedAway = [];
    private readonly HashSet<ListenerConnection> _replaced = [];
    private readonly TaskCompletionSource _allAccepted = new();
    private readonly TaskCompletionSource _allClosed;
    private int _closing;
    private bool _accepting;
    private bool _stopping;
    private bool _atOnce;
    private TimeSpan? _grace;

    public OpenConnections(ListenerServices services)
    {
        _services = services;
        // Inline, the code behind the await of a stop stays on the thread that closes the last connection.
        _allClosed = new TaskCompletionSource(
            services.Continuations.AreInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public int Count
    {
        get
        {
            lock (_gate) return _open.Count;
        }
    }

    public bool IsStopping
    {
        get
        {
            lock (_gate) return _stopping;
        }
    }

    /// <summary>Completes when no more connections will come, after <see cref="BeginStop"/>.</summary>
    public Task AllAccepted => _allAccepted.Task;

    /// <summary>Completes when <see cref="BeginStop"/> was called, and no connection is open and none will be.</summary>
    public Task AllClosed => _allClosed.Task;

    /// <summary>Connections come from now on, until <see cref="AcceptingEnded"/>.</summary>
    public void AcceptingBegins()
    {
        lock (_gate) _accepting = true;
    }

    public void AcceptingEnded()
    {
        lock (_gate) _accepting = false;
        Signal();
    }

    public void Admit(AcceptedConnection accepted)
    {
        ReplaceSilent();
        var connection = new ListenerConnection(accepted, _services, Closed);
        string? refusal;
        TimeSpan? grace;
        bool kept;
        lock (_gate)
        {
            refusal = _atOnce ? "the listener is stopping"
                : _open.Count >= _services.Options.MaxConnections ? $"there are {_open.Count} connections already"
                : null;
            grace = refusal is not null ? _services.Options.StopGrace : _grace;
            kept = refusal is null || (!_atOnce && grace > TimeSpan.Zero && HasRoomToTurnAwayLocked());
            if (kept) (refusal is null ? _open : _turnedAway).Add(connection);
            // Under the lock: a stop on another thread must not tell of its end before this told of its beginning.
            AddLocked(connection, refusal is null ? ListenerConnectionState.Connected : ListenerConnectionState.Refused, refusal ?? "accepted");
        }
        _services.FlushChanges();
        if (refusal is null) _services.Counters.Accepted();
        else _services.Counters.Refused();
        if (!kept)
        {
            connection.Abort(refusal!);
            return;
        }
        // A peer that has connected may have sent a call already.
        if (grace is { } left) connection.TurnAway(refusal is null ? Stopping : "too many connections", left);
        if (refusal is not null) connection.AbortAfter(grace!.Value.PlusCapped(grace.Value), refusal);
        _services.Continuations.Schedule(static connection => ((ListenerConnection)connection!).Start(), connection);
    }

    /// <summary>From now on the end of the last connection is the end.</summary>
    public void BeginStop()
    {
        lock (_gate) _stopping = true;
        Signal();
    }

    /// <summary>Has every connection refuse what comes, and end its side when the grace is over.</summary>
    public void TurnAway(TimeSpan grace)
    {
        lock (_gate) _grace = grace;
        foreach (ListenerConnection connection in All()) connection.TurnAway(Stopping, grace);
    }

    /// <summary>Ends every connection at once and without a word, and those that come.</summary>
    public void AbortAll()
    {
        lock (_gate) _atOnce = true;
        Signal();
        foreach (ListenerConnection connection in All()) connection.Abort("the listener has stopped");
    }

    /// <summary>
    /// With no place left, the connection without an open call that has been silent longest gives its own up: a real client may be waiting. A
    /// call of it may be on the wire at that instant, so it is turned away.
    /// </summary>
    private void ReplaceSilent()
    {
        const string Reason = "it has been silent longest, and a newcomer takes its place (MaxConnections)";
        TimeSpan grace = _services.Options.StopGrace;
        ListenerConnection? silent;
        bool kept;
        lock (_gate)
        {
            if (_stopping || _open.Count < _services.Options.MaxConnections) return;
            silent = _open.Where(static connection => connection.IsIdle).MinBy(static connection => connection.Silence.HeardAt);
            kept = silent is not null && grace > TimeSpan.Zero && HasRoomToTurnAwayLocked();
            if (kept)
            {
                _open.Remove(silent!);
                _replaced.Add(silent!);
            }
        }
        if (!kept)
        {
            silent?.Abort(Reason);
            return;
        }
        silent!.TurnAway("a newcomer takes the place of this silent connection", grace);
        // A call that came meanwhile is still answered, as after the end of a peer's side.
        TimeSpan more = _services.Options.HalfClosedLimit;
        silent.AbortAfter(grace.PlusCapped(more > grace ? more : grace), Reason);
    }

    private bool HasRoomToTurnAwayLocked() => _turnedAway.Count + _replaced.Count < MostTurnedAway;

    private ListenerConnection[] All()
    {
        lock (_gate) return [.. _open, .. _turnedAway, .. _replaced];
    }

    private void Closed(ListenerConnection connection, string reason)
    {
        bool wasOpen;
        lock (_gate)
        {
            _turnedAway.Remove(connection);
            // One that was refused never was among these.
            wasOpen = _open.Remove(connection) || _replaced.Remove(connection);
            if (wasOpen) AddLocked(connection, ListenerConnectionState.Disconnected, reason);
            _closing++;
        }
        if (wasOpen) _services.FlushChanges();
        // Last: whoever waits for it completes the observables.
        lock (_gate) _closing--;
        Signal();
    }

    private void AddLocked(ListenerConnection connection, ListenerConnectionState state, string reason) =>
        _services.Add(new ListenerConnectionChange(connection.Peer, state, reason, _open.Count, _services.Clock.Now));

    // Without the lock: the rest of a stop, and the code that awaits it, may run inside.
    private void Signal()
    {
        bool allAccepted;
        bool allClosed;
        lock (_gate)
        {
            bool moreMayCome = _accepting && !_atOnce;
            allAccepted = _stopping && !_accepting;
            allClosed = _stopping && !moreMayCome && _open.Count + _turnedAway.Count + _replaced.Count + _closing == 0;
        }
        if (allAccepted) _allAccepted.TrySetResult();
        if (allClosed) _allClosed.TrySetResult();
    }
}
