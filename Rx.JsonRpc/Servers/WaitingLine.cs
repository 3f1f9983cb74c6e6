namespace Rx.JsonRpc.Servers;

/// <summary>
/// The requests that came while a server was being connected for the first time. They wait for that one attempt, so that a client can be
/// used the moment it is made; later losses do not make anybody wait.
/// </summary>
internal sealed class WaitingLine
{
    private readonly Lock _gate = new();
    private readonly int _most;
    private HashSet<IServerRequest>? _waiting = [];

    public WaitingLine(int most) => _most = most;

    /// <summary>False when the line is over or full.</summary>
    public bool TryWait(IServerRequest request)
    {
        lock (_gate)
        {
            return _waiting is not null && _waiting.Count < _most && _waiting.Add(request);
        }
    }

    public void Forget(IServerRequest request)
    {
        lock (_gate) _waiting?.Remove(request);
    }

    /// <summary>Ends the line for good and gives everybody in it to the caller.</summary>
    public IReadOnlyCollection<IServerRequest> Close()
    {
        lock (_gate)
        {
            IReadOnlyCollection<IServerRequest> all = _waiting ?? [];
            _waiting = null;
            return all;
        }
    }
}
