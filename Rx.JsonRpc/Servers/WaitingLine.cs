namespace Rx.JsonRpc.Servers;

/// <summary>
/// The requests that came while a server was being connected for the first time, first come first served. They wait for that one
/// attempt, so that a client can be used the moment it is made; later losses do not make anybody wait.
/// </summary>
internal sealed class WaitingLine
{
    private readonly Lock _gate = new();
    private readonly int _most;
    private readonly LinkedList<IServerRequest> _line = [];
    private readonly Dictionary<IServerRequest, LinkedListNode<IServerRequest>> _places = [];
    private bool _closed;

    public WaitingLine(int most) => _most = most;

    public Admission TryWait(IServerRequest request)
    {
        lock (_gate)
        {
            if (_closed) return Admission.Closed;
            if (_line.Count >= _most) return Admission.Full;
            _places.Add(request, _line.AddLast(request));
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

    /// <summary>Ends the line for good and gives everybody in it to the caller.</summary>
    public IReadOnlyCollection<IServerRequest> Close()
    {
        lock (_gate)
        {
            _closed = true;
            IServerRequest[] all = [.. _line];
            _line.Clear();
            _places.Clear();
            return all;
        }
    }
}
