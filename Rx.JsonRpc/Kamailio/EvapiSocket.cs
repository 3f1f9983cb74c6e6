using System.Net;

namespace Rx.JsonRpc.Kamailio;

/// <summary>One evapi socket of a gateway: where it is, and whether it is connected. All members can be read from any thread.</summary>
public sealed class EvapiSocket
{
    private readonly Lock _gate = new();
    private readonly EvapiServices _services;
    private EvapiState _state = EvapiState.Connecting;

    internal EvapiSocket(EndPoint endPoint, EvapiServices services)
    {
        EndPoint = endPoint;
        Name = new ServerAddress(endPoint).ToString();
        _services = services;
    }

    /// <summary>Where Kamailio listens.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The state now.</summary>
    public EvapiState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    internal string Name { get; }

    /// <summary>Address and state.</summary>
    /// <returns>Text for a log.</returns>
    public override string ToString() => $"evapi {Name} ({State})";

    internal void Enter(EvapiState state, string reason)
    {
        bool added;
        lock (_gate)
        {
            // For good: a connect that ends while the gateway closes must not bring the socket back.
            if (_state == EvapiState.Closed || _state == state) return;
            // Queued under the lock, so that the changes come in their order.
            added = _services.Changes.TryAdd(new EvapiChange(EndPoint, _state, state, reason, _services.Clock.Now));
            _state = state;
        }
        if (!added) _services.Counters.EventDropped();
        _services.Changes.Flush();
    }
}
