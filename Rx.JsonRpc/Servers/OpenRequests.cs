using System.Diagnostics.CodeAnalysis;

namespace Rx.JsonRpc.Servers;

/// <summary>A request that has a subscriber and no end yet; a node of <see cref="OpenRequests"/>.</summary>
internal abstract class OpenRequest
{
    internal OpenRequest? Previous { get; set; }

    internal OpenRequest? Next { get; set; }

    /// <summary>Ends the request with a failure of its own, unless it has ended. Does not throw.</summary>
    public abstract void Cancel(Exception reason);
}

/// <summary>
/// Every open request of a client, wherever in its pipeline it is: in flight on a server or waiting for the next round. So that a drain
/// knows when it is done, a dispose leaves nobody waiting, and there are never more than the client may hold.
/// </summary>
internal sealed class OpenRequests
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _empty;
    private readonly int _most;
    private readonly ClientStart? _start;
    private OpenRequest? _first;
    private int _count;
    private bool _draining;
    private bool _disposed;

    /// <param name="most">How many may be open.</param>
    /// <param name="start">Whether the client is started, and by what; null for one that is.</param>
    /// <param name="tellsInline">Whether the code that awaits <see cref="Empty"/> runs inside the call that ends the last request.</param>
    public OpenRequests(int most, ClientStart? start = null, bool tellsInline = false)
    {
        _most = most;
        _start = start;
        _empty = new TaskCompletionSource(tellsInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Completes when the client drains or is disposed and no request is open.</summary>
    public Task Empty => _empty.Task;

    public bool TryEnter(OpenRequest request, [NotNullWhen(false)] out Exception? refusal)
    {
        // Without the lock: starting calls the connector and the topology.
        _start?.OnUse();
        lock (_gate)
        {
            refusal = _disposed ? Disposed()
                : _draining ? new ServerUnavailableException("the client is draining and takes no new requests (send it by another client)")
                : _start is { HasBegun: false } ? new ServerUnavailableException("the client is not started: call Start() first, or set AutoStart")
                : _count >= _most ? new ServerUnavailableException($"the client has {_count} open requests, as many as MaxInFlight allows (send fewer at once, or raise it)")
                : null;
            if (refusal is not null) return false;
            _count++;
            request.Next = _first;
            if (_first is not null) _first.Previous = request;
            _first = request;
            return true;
        }
    }

    public void Leave(OpenRequest request)
    {
        if (TryLeaveLast(request)) SignalEmpty();
    }

    /// <summary>Takes the request out. True when it was the last: <see cref="SignalEmpty"/> is due once its observer has been called.</summary>
    public bool TryLeaveLast(OpenRequest request)
    {
        lock (_gate)
        {
            if (request.Previous is null && _first != request) return false;
            if (request.Previous is { } previous) previous.Next = request.Next;
            else _first = request.Next;
            if (request.Next is { } next) next.Previous = request.Previous;
            request.Previous = request.Next = null;
            _count--;
            return IsEmptyForGoodLocked;
        }
    }

    /// <summary>No request is open. Never called under a lock: the code behind the await of a drain may run inside.</summary>
    public void SignalEmpty() => _empty.TrySetResult();

    public void Drain()
    {
        bool empty;
        lock (_gate)
        {
            _draining = true;
            empty = IsEmptyForGoodLocked;
        }
        if (empty) SignalEmpty();
    }

    /// <summary>Takes no more requests and ends those that are open, each with a failure of its own.</summary>
    public void Close()
    {
        bool empty;
        lock (_gate)
        {
            _disposed = true;
            empty = IsEmptyForGoodLocked;
        }
        if (empty) SignalEmpty();
        CancelAll(Disposed);
    }

    /// <summary>Ends those that are open, each with a failure of its own.</summary>
    public void CancelAll(Func<Exception> failure)
    {
        while (First() is { } request)
        {
            request.Cancel(failure());
            // A request that ends on another thread at this moment leaves by itself; it must not hold up the others.
            Leave(request);
        }
    }

    private bool IsEmptyForGoodLocked => _first is null && (_draining || _disposed);

    private static ObjectDisposedException Disposed() => new(nameof(JsonRpcClient), "The client is disposed.");

    private OpenRequest? First()
    {
        lock (_gate) return _first;
    }
}
