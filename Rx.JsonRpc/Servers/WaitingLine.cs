namespace Rx.JsonRpc.Servers;

/// <summary>
/// The requests that came while a server was being connected for the first time, first come first served. They wait for that one
/// attempt while the client has no other server to ask, so that a client can be used the moment it is made; later losses do not make
/// anybody wait. Those that wait no more are passed on one after another, and a newcomer goes behind them.
/// </summary>
internal sealed class WaitingLine
{
    private readonly Lock _gate = new();
    private readonly int _most;
    private readonly LinkedList<IServerRequest> _line = [];
    private readonly Dictionary<IServerRequest, LinkedListNode<IServerRequest>> _places = [];
    private readonly Queue<IServerRequest> _released = [];
    private bool _passing;
    private volatile bool _closed;
    private volatile bool _isEmpty = true;
    private volatile bool _isOver;

    public WaitingLine(int most) => _most = most;

    /// <summary>Whether no more requests may wait.</summary>
    public bool IsClosed => _closed;

    /// <summary>Whether no request waits; by the time it is known that may have changed.</summary>
    public bool IsEmpty => _isEmpty;

    /// <summary>Whether the line is closed, and all that waited have been passed on.</summary>
    public bool IsOver => _isOver;

    /// <summary>Enters behind those that are passed on, or else behind those that wait; false when there is none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mayWait">Whether it may wait.</param>
    public bool TryFollow(IServerRequest request, bool mayWait)
    {
        lock (_gate)
        {
            if (_line.Count + _released.Count >= _most) return false;
            if (_passing) _released.Enqueue(request);
            else if (mayWait && _line.Count > 0) _places.Add(request, _line.AddLast(request));
            else return false;
            return true;
        }
    }

    public Admission TryWait(IServerRequest request)
    {
        lock (_gate)
        {
            if (_closed) return Admission.Closed;
            if (_line.Count >= _most) return Admission.Full;
            _places.Add(request, _line.AddLast(request));
            _isEmpty = false;
            return Admission.Admitted;
        }
    }

    public void Forget(IServerRequest request)
    {
        lock (_gate)
        {
            RemoveLocked(request);
        }
    }

    /// <summary>Releases those that may leave.</summary>
    /// <returns>Whether the caller is to pass them on, by <see cref="TakeNext"/>; otherwise another thread does.</returns>
    public bool TryRelease(Func<IServerRequest, bool> mayLeave)
    {
        lock (_gate)
        {
            ReleaseLocked([.. _line.Where(mayLeave)]);
            return TryBeginPassLocked();
        }
    }

    /// <summary>
    /// The same, if a request that has come may leave. Usually it may not; to look at the whole line for each that comes would cost the
    /// square of their number.
    /// </summary>
    public bool TryReleaseWith(IServerRequest newcomer, Func<IServerRequest, bool> mayLeave)
    {
        lock (_gate)
        {
            // One that has left meanwhile may be on its way for somebody else.
            return _places.ContainsKey(newcomer) && mayLeave(newcomer) && TryRelease(mayLeave);
        }
    }

    /// <summary>Releases all, and closes the line for good.</summary>
    /// <returns>As for <see cref="TryRelease"/>.</returns>
    public bool TryClose()
    {
        lock (_gate)
        {
            _closed = true;
            ReleaseLocked([.. _line]);
            bool begins = TryBeginPassLocked();
            _isOver = !_passing;
            return begins;
        }
    }

    /// <summary>Takes the next one that was released; null when there is none, and then the pass has ended.</summary>
    public IServerRequest? TakeNext()
    {
        lock (_gate)
        {
            if (_released.TryDequeue(out IServerRequest? next)) return next;
            _passing = false;
            _isOver = _closed;
            return null;
        }
    }

    private void ReleaseLocked(IServerRequest[] requests)
    {
        foreach (IServerRequest request in requests)
        {
            RemoveLocked(request);
            _released.Enqueue(request);
        }
    }

    private bool TryBeginPassLocked()
    {
        if (_passing || _released.Count == 0) return false;
        return _passing = true;
    }

    private void RemoveLocked(IServerRequest request)
    {
        if (_places.Remove(request, out LinkedListNode<IServerRequest>? place)) _line.Remove(place);
        _isEmpty = _line.Count == 0;
    }
}
