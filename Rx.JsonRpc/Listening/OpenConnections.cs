using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Listening;

/// <summary>The connections of one listener: admits them up to the bound, and knows when the last one has closed.</summary>
internal sealed class OpenConnections
{
    private readonly Lock _gate = new();
    private readonly ListenerServices _services;
    private readonly HashSet<ListenerConnection> _open = [];
    private readonly TaskCompletionSource _allClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closing;
    private bool _stopping;

    public OpenConnections(ListenerServices services) => _services = services;

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

    /// <summary>Completes when <see cref="Stop"/> was called and no connection is open.</summary>
    public Task AllClosed => _allClosed.Task;

    public void Admit(AcceptedConnection accepted)
    {
        var connection = new ListenerConnection(accepted, _services, Closed);
        string? refusal;
        lock (_gate)
        {
            refusal = _stopping ? "the listener is stopping"
                : _open.Count >= _services.Options.MaxConnections ? $"there are {_open.Count} connections already"
                : null;
            if (refusal is null) _open.Add(connection);
            // Under the lock: a stop on another thread must not tell of its end before this told of its beginning.
            AddLocked(connection, refusal is null ? ListenerConnectionState.Connected : ListenerConnectionState.Refused, refusal ?? "accepted");
        }
        _services.FlushChanges();
        if (refusal is null)
        {
            _services.Counters.Accepted();
            _services.Continuations.Schedule(static connection => ((ListenerConnection)connection!).Start(), connection);
        }
        else
        {
            _services.Counters.Refused();
            connection.Abort(refusal);
        }
    }

    /// <summary>Admits no more. Those that are open refuse new calls and end when they have answered, or end at once and say no more.</summary>
    public void Stop(bool atOnce)
    {
        lock (_gate)
        {
            _stopping = true;
            SignalLocked();
        }
        if (atOnce)
        {
            AbortAll();
            return;
        }
        foreach (ListenerConnection connection in All()) connection.Close();
    }

    public void AbortAll()
    {
        foreach (ListenerConnection connection in All()) connection.Abort("the listener has stopped");
    }

    private ListenerConnection[] All()
    {
        lock (_gate) return [.. _open];
    }

    private void Closed(ListenerConnection connection, string reason)
    {
        lock (_gate)
        {
            // One that was refused never was among them.
            if (!_open.Remove(connection)) return;
            AddLocked(connection, ListenerConnectionState.Disconnected, reason);
            _closing++;
        }
        _services.FlushChanges();
        // Last: whoever waits for it completes the observables.
        lock (_gate)
        {
            _closing--;
            SignalLocked();
        }
    }

    private void AddLocked(ListenerConnection connection, ListenerConnectionState state, string reason) =>
        _services.Add(new ListenerConnectionChange(connection.Peer, state, reason, _open.Count, _services.Clock.Now));

    private void SignalLocked()
    {
        if (_stopping && _open.Count == 0 && _closing == 0) _allClosed.TrySetResult();
    }
}
