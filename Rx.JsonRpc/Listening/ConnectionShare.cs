using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Listening;

/// <summary>What one connection holds of a listener's totals, above what it has of its own.</summary>
internal sealed class ConnectionShare : IByteRoom
{
    private readonly ListenerTotals _totals;
    private readonly Lock _batchGate = new();
    private Action? _granted;
    private long _sends;
    private long _batched;
    private long _batches;
    // The reader's own.
    private long _frame;

    public ConnectionShare(ListenerTotals totals, ListenerConnection owner)
    {
        _totals = totals;
        Owner = owner;
    }

    public ListenerConnection Owner { get; }

    public int OwnBytes => _totals.OwnBytes;

    public int OwnCalls => _totals.OwnCalls;

    /// <summary>The shared bytes that it holds. This and the next three are guarded by the lock of the totals.</summary>
    public long Bytes { get; set; }

    /// <summary>The shared calls that it has in flight.</summary>
    public long Calls { get; set; }

    /// <summary>The bytes of the frame that it waits for; 0 when it does not.</summary>
    public long WaitsFor { get; set; }

    /// <summary>Whether it holds nothing any more, for good.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Asks for more calls and bytes of their parameters, in grains. On the reader: the frame that they came in is passed on to them.</summary>
    public bool TryTakeCalls(long bytes, long calls)
    {
        long passedOn = Math.Min(bytes, _frame);
        if (!_totals.TryTake(this, bytes - passedOn, calls)) return false;
        _frame -= passedOn;
        return true;
    }

    public void GiveCalls(long bytes, long calls) => _totals.Give(this, bytes, calls);

    public bool TryHoldSends(long bytes, out long granted)
    {
        bool held = TryHold(ref _sends, bytes);
        granted = OwnBytes + _sends;
        return held;
    }

    public long EaseSends(long bytes)
    {
        Ease(ref _sends, bytes);
        return OwnBytes + _sends;
    }

    /// <summary>So many more bytes of replies wait for the rest of their batch; <see cref="TryHoldBatches"/> follows.</summary>
    /// <returns>How many that are in all.</returns>
    public long AddBatched(int bytes)
    {
        lock (_batchGate) return _batched += bytes;
    }

    /// <summary>Asks to hold the replies that wait for the rest of their batch.</summary>
    public bool TryHoldBatches()
    {
        lock (_batchGate) return TryHold(ref _batches, _batched);
    }

    /// <summary>So many bytes of replies wait for their batch no more.</summary>
    public void RemoveBatched(int bytes)
    {
        lock (_batchGate)
        {
            _batched -= bytes;
            Ease(ref _batches, _batched);
        }
        WakeOthers();
    }

    public bool TryReceive(int bytes, Action granted)
    {
        _granted = granted;
        _frame = BytesAbove(0, bytes);
        return _totals.TryTakeOrWait(this, _frame);
    }

    public void Received()
    {
        _totals.Give(this, _frame);
        _frame = 0;
        WakeOthers();
    }

    public void WakeOthers() => _totals.WakeWaiting();

    /// <summary>The frame that it waited for is granted.</summary>
    public void Wake() => _granted?.Invoke();

    public void End() => _totals.End(this);

    /// <summary>What has to be taken of the shared bytes to hold so many.</summary>
    public long BytesAbove(long own, long bytes) => InGrains(bytes - own, _totals.GrainBytes);

    /// <summary>What has to be taken of the shared calls to have so many in flight.</summary>
    public long CallsAbove(long own, long calls) => InGrains(calls - own, _totals.GrainCalls);

    private static long InGrains(long count, long grain) => count <= 0 ? 0 : (count + grain - 1) / grain * grain;

    private bool TryHold(ref long shared, long bytes)
    {
        long needed = BytesAbove(OwnBytes, bytes);
        if (needed <= shared) return true;
        // Once only: two connections that leave replies unread would pass each other by turns, until nothing was left.
        if (!(shared == 0 ? _totals.TryTakeAtOnce(this, needed) : _totals.TryTake(this, needed - shared))) return false;
        shared = needed;
        return true;
    }

    private void Ease(ref long shared, long bytes)
    {
        long needed = BytesAbove(OwnBytes, bytes);
        if (needed >= shared) return;
        _totals.Give(this, shared - needed);
        shared = needed;
    }
}
