namespace Rx.JsonRpc.Kamailio;

/// <summary>
/// Counts what is in flight over all connections of a gateway, and the bytes that are kept for it, up to a bound each; knows when a drain is
/// done.
/// </summary>
/// <param name="most">How many may be in flight.</param>
/// <param name="mostBytes">How many bytes may be kept.</param>
internal sealed class InFlightBound(int most, int mostBytes)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private long _bytes;
    private bool _draining;

    public int Count
    {
        get
        {
            lock (_gate) return _count;
        }
    }

    /// <summary>Bytes of answers that wait for their connections, which count too.</summary>
    public Func<long> QueuedAnswers { get; set; } = static () => 0;

    /// <summary>Bytes that are kept, those of answers included.</summary>
    public long Bytes
    {
        get
        {
            long answers = QueuedAnswers();
            lock (_gate) return _bytes + answers;
        }
    }

    /// <summary>Completes when the gateway drains and nothing is in flight.</summary>
    public Task Empty => _empty.Task;

    /// <param name="bytes">How many bytes are kept for it.</param>
    /// <returns>Null when one more may be in flight; otherwise why not.</returns>
    public string? TryEnter(int bytes)
    {
        long answers = QueuedAnswers();
        lock (_gate)
        {
            if (_draining) return "the gateway is draining and takes no new requests";
            if (_count >= most) return $"{_count} requests are in flight, as many as MaxInFlight allows";
            if (TryKeepLocked(bytes, answers) is { } refusal) return refusal;
            _count++;
            return null;
        }
    }

    /// <summary>Keeps bytes for something that is not in flight.</summary>
    /// <returns>Null when they may be kept; otherwise why not.</returns>
    public string? TryKeep(int bytes)
    {
        long answers = QueuedAnswers();
        lock (_gate) return TryKeepLocked(bytes, answers);
    }

    /// <param name="bytes">How many bytes are kept for it no longer.</param>
    public void Leave(int bytes)
    {
        lock (_gate)
        {
            _count--;
            _bytes -= bytes;
            SignalLocked();
        }
    }

    /// <summary>The bytes are kept no longer.</summary>
    public void Release(int bytes)
    {
        lock (_gate) _bytes -= bytes;
    }

    public void Drain()
    {
        lock (_gate)
        {
            _draining = true;
            SignalLocked();
        }
    }

    private string? TryKeepLocked(int bytes, long answers)
    {
        long kept = _bytes + answers;
        if (kept > 0 && kept + bytes > mostBytes)
        {
            return $"the event needs {bytes} bytes, and {kept} bytes of events and answers are kept; the limit is {mostBytes} (MaxBufferedBytes)";
        }
        _bytes += bytes;
        return null;
    }

    private void SignalLocked()
    {
        if (_draining && _count == 0) _empty.TrySetResult();
    }
}
