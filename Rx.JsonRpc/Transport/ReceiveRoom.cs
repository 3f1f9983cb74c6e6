namespace Rx.JsonRpc.Transport;

/// <summary>Holds the reader of a connection back before a long frame for which there is no room.</summary>
internal sealed class ReceiveRoom(IByteRoom room)
{
    private volatile TaskCompletionSource? _wait;
    private bool _holds;

    /// <summary>Completes when the reader may go on; null when it may now.</summary>
    public Task? Wait => _wait?.Task;

    /// <summary>Whether the reader has to wait before it takes more of the frame that has begun.</summary>
    /// <param name="length">The frame's length; 0 when none has begun, or its length is not known yet.</param>
    public bool IsMissing(int length)
    {
        _wait = null;
        if (_holds || length <= room.OwnBytes) return false;
        // From now on: when it may go on, the rest of the frame may be there already.
        _holds = true;
        var wait = new TaskCompletionSource();
        _wait = wait;
        if (!room.TryReceive(length, () => wait.TrySetResult())) return true;
        _wait = null;
        return false;
    }

    /// <summary>A frame has been observed: the one that room was kept for, if there was one.</summary>
    public void Observed()
    {
        if (!_holds) return;
        _holds = false;
        room.Received();
    }

    /// <summary>Lets the reader go on, to see that its connection has ended.</summary>
    public void Free() => _wait?.TrySetResult();
}
