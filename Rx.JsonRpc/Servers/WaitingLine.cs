namespace Rx.JsonRpc.Servers;

/// <summary>
/// The requests that came while a server was being connected for the first time, first come first served. They wait for that one
/// attempt while the client has no other server to ask, so that a client can be used the moment it is made; later losses do not make
/// anybody wait.
/// </summary>
internal sealed class WaitingLine
{
    private readonly Lock _gate = new();
    private readonly int _most;
    private readonly LinkedList<IServerRequest> _line = [];
    private readonly Dictionary<IServerRequest, LinkedListNode<IServerRequest>> _places = [];
    private volatile bool _closed;
    private volatile bool _isEmpty = true;

    public WaitingLine(int most) => _most = most;

    public bool IsClosed => _closed;

    /// <summary>Whether no request waits; by the time it is known that may have changed.</summary>
    public bool IsEmpty => _isEmpty;

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
            if (_places.Remove(request, out LinkedListNode<IServerRequest>? place)) _line.Remove(place);
        }
    }

    /// <summary>Takes out those that may leave.</summary>
    public IReadOnlyCollection<IServerRequest> Take(Func<IServerRequest, bool> mayLeave)
    {
        lock (_gate)
        {
            IServerRequest[] left = [.. _line.Where(mayLeave)];
            foreach (IServerRequest request in left)
            {
                _places.Remove(request, out LinkedListNode<IServerRequest>? place);
                _line.Remove(place!);
            }
            _isEmpty = _line.Count == 0;
            return left;
        }
    }

    /// <summary>Ends the line for good and gives everybody in it to the caller.</summary>
    public IReadOnlyCollection<IServerRequest> Close()
    {
        lock (_gate)
        {
            _closed = true;
            IServerRequest[] all = [.. _line];
            _line.Clear();
            _places.Clear();
            _isEmpty = true;
            return all;
        }
    }
}
