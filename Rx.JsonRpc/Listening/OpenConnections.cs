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
        int count;
        string? refusal;
        lock (_gate)
        {
            refusal = _stopping ? "the listener is stopping"
                : _open.Count >= _services.Options.MaxConnections ? $"there are {_open.Count} connections already"
                : null;
            if (refusal is null) _open.Add(connection);
            count = _open.Count;
        }
        if (refusal is null)
        {
            _services.Counters.Accepted();
            Publish(connection, ListenerConnectionState.Connected, "accepted", count);
            _services.Continuations.Schedule(static connection => ((ListenerConnection)connection!).Start(), connection);
        }
        else
        {
            _services.Counters.Refused();
            Publish(connection, ListenerConnectionState.Refused, refusal, count);
            connection.Abort(refusal);
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            SignalLocked();
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
        int count;
        lock (_gate)
        {
            // One that was refused never was among them.
            if (!_open.Remove(connection)) return;
            count = _open.Count;
            _closing++;
        }
        Publish(connection, ListenerConnectionState.Disconnected, reason, count);
        // Last: whoever waits for it completes the observables.
        lock (_gate)
        {
            _closing--;
            SignalLocked();
        }
    }

    private void Publish(ListenerConnection connection, ListenerConnectionState state, string reason, int count) =>
        _services.Publish(new ListenerConnectionChange(connection.Peer, state, reason, count, _services.Clock.Now));

    private void SignalLocked()
    {
        if (_stopping && _open.Count == 0 && _closing == 0) _allClosed.TrySetResult();
    }
}
