namespace Rx.JsonRpc.Kamailio;

/// <summary>Counts what is in flight over all connections of a gateway, up to a bound, and knows when a drain is done.</summary>
internal sealed class InFlightBound(int most)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _draining;

    public int Count
    {
        get
        {
            lock (_gate) return _count;
        }
    }

    /// <summary>Completes when the gateway drains and nothing is in flight.</summary>
    public Task Empty => _empty.Task;

    /// <returns>Null when one more may be in flight; otherwise why not.</returns>
    public string? TryEnter()
    {
        lock (_gate)
        {
            if (_draining) return "the gateway is draining and takes no new requests";
            if (_count >= most) return $"{_count} requests are in flight, as many as MaxInFlight allows";
            _count++;
            return null;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _count--;
            SignalLocked();
        }
    }

    public void Drain()
    {
        lock (_gate)
        {
            _draining = true;
            SignalLocked();
        }
    }

    private void SignalLocked()
    {
        if (_draining && _count == 0) _empty.TrySetResult();
    }
}
