using System.Buffers;
using System.IO.Pipelines;

namespace Rx.JsonRpc.Testing;

/// <summary>
/// One direction of a connection. What is flushed goes straight into the pipe unless a fault holds it back; then it waits here, in
/// order, the end of the stream included.
/// </summary>
internal sealed class InMemoryWire : PipeWriter
{
    private const int SendBuffer = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _unflushed = new();
    private readonly Queue<Held> _held = new();
    private readonly PipeWriter _pipe;
    private readonly InMemoryRoute _route;
    private readonly bool _toServer;
    private int _heldBytes;
    private int _headTaken;
    private long _maySend;
    private DateTimeOffset _lastDue;
    private DateTimeOffset _notBefore;
    private TaskCompletionSource<FlushResult>? _room;
    private Exception? _lost;
    private bool _ended;
    private bool _pumping;
    private bool _peerGone;

    public InMemoryWire(PipeWriter pipe, InMemoryRoute route, bool toServer)
    {
        _pipe = pipe;
        _route = route;
        _toServer = toServer;
        _maySend = route.Faults.Cut(toServer);
    }

    /// <summary>Called when as many bytes have passed as the cut lets through.</summary>
    public Action Cut { get; set; } = () => { };

    public override Memory<byte> GetMemory(int sizeHint = 0) => _unflushed.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _unflushed.GetSpan(sizeHint);

    public override void Advance(int bytes) => _unflushed.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        using NoSynchronizationContext none = NoSynchronizationContext.Enter();
        bool held;
        lock (_gate)
        {
            if (_lost is not null) return ValueTask.FromException<FlushResult>(_lost);
            held = _pumping || _held.Count > 0 || _maySend != long.MaxValue || _route.Faults.Slows(_toServer);
            if (held) HoldLocked(_unflushed.WrittenSpan.ToArray());
            else _pipe.Write(_unflushed.WrittenSpan);
            _unflushed.ResetWrittenCount();
        }
        if (!held)
        {
            ValueTask<FlushResult> flush = _pipe.FlushAsync(cancellationToken);
            return flush.IsCompleted ? flush : ThrowIfLost(flush);
        }
        Pump();
        lock (_gate)
        {
            if (_lost is not null) return ValueTask.FromException<FlushResult>(_lost);
            if (_heldBytes < SendBuffer) return ValueTask.FromResult(new FlushResult(false, _peerGone));
            _room = new TaskCompletionSource<FlushResult>();
            return new ValueTask<FlushResult>(_room.Task);
        }
    }

    public override void CancelPendingFlush()
    {
        using NoSynchronizationContext none = NoSynchronizationContext.Enter();
        _pipe.CancelPendingFlush();
        MakeRoom(new FlushResult(isCanceled: true, _peerGone));
    }

    public override void Complete(Exception? exception = null)
    {
        using NoSynchronizationContext none = NoSynchronizationContext.Enter();
        lock (_gate)
        {
            if (_ended || _lost is not null) return;
            _ended = true;
            byte[] rest = _unflushed.WrittenSpan.ToArray();
            if (rest.Length > 0) HoldLocked(rest);
            if (exception is not null && !_route.Faults.BlackHole) DropLocked();
            _held.Enqueue(new Held([], DueLocked(), exception, IsEnd: true));
        }
        Pump();
    }

    /// <summary>Puts bytes on the wire that its owner never wrote.</summary>
    public void Inject(byte[] bytes)
    {
        lock (_gate)
        {
            if (_ended || _lost is not null) return;
            HoldLocked(bytes);
        }
        Pump();
    }

    /// <summary>The connection is gone: the reader hears of it, and so does whoever writes.</summary>
    public void Lose(Exception error)
    {
        using NoSynchronizationContext none = NoSynchronizationContext.Enter();
        lock (_gate)
        {
            if (_lost is not null) return;
            _lost = error;
            DropLocked();
        }
        _pipe.Complete(error);
        _pipe.CancelPendingFlush();
        Interlocked.Exchange(ref _room, null)?.TrySetException(error);
    }

    /// <summary>The faults have changed: what waited may pass now, or be cut.</summary>
    public void Reconsider(bool newCut)
    {
        lock (_gate)
        {
            _notBefore = default;
            if (newCut) _maySend = _route.Faults.Cut(_toServer);
        }
        Pump();
    }

    private void Pump()
    {
        using NoSynchronizationContext none = NoSynchronizationContext.Enter();
        lock (_gate)
        {
            if (_pumping) return;
            _pumping = true;
        }
        while (TakeNext() is { } next)
        {
            if (next.IsEnd)
            {
                _pipe.Complete(next.Error);
                continue;
            }
            if (next.Bytes.Length > 0)
            {
                Arrive(next.Bytes);
            }
            if (_maySend == 0)
            {
                Cut();
                continue;
            }
            if (_heldBytes < SendBuffer) MakeRoom(new FlushResult(false, _peerGone));
        }
    }

    private void Arrive(byte[] bytes)
    {
        try
        {
            _pipe.Write(bytes);
            // Nobody waits for this flush: whoever wrote the bytes was told long ago that they are on their way.
            ValueTask<FlushResult> flush = _pipe.FlushAsync();
            if (flush is { IsCompletedSuccessfully: true, Result.IsCompleted: true }) _peerGone = true;
        }
        catch (Exception fault)
        {
            // A pipe throws at its writer what its reader has failed with; on a wire that is a reset, and not of this pump.
            Lose(fault);
        }
    }

    /// <returns>Null when nothing may pass now; the pump then rests until it is called again.</returns>
    private Held? TakeNext()
    {
        lock (_gate)
        {
            InMemoryFaults faults = _route.Faults;
            if (_lost is null && !faults.BlackHole && _held.TryPeek(out Held? head))
            {
                DateTimeOffset due = head.Due > _notBefore ? head.Due : _notBefore;
                TimeSpan wait = due - _route.Now;
                if (wait <= TimeSpan.Zero) return head.IsEnd ? _held.Dequeue() : TakeBytesLocked(head, faults);
                _route.Schedule(wait, Pump);
            }
            _pumping = false;
            return null;
        }
    }

    private Held TakeBytesLocked(Held head, InMemoryFaults faults)
    {
        int most = faults.DripBytes > 0 ? faults.DripBytes : int.MaxValue;
        int count = (int)Math.Min(Math.Min(head.Bytes.Length - _headTaken, most), _maySend);
        byte[] bytes = head.Bytes[_headTaken..(_headTaken + count)];
        _headTaken += count;
        _heldBytes -= count;
        if (_maySend != long.MaxValue) _maySend -= count;
        if (faults.DripBytes > 0) _notBefore = _route.Now.PlusCapped(faults.DripEach);
        if (_headTaken == head.Bytes.Length)
        {
            _held.Dequeue();
            _headTaken = 0;
        }
        return new Held(bytes, default, null, IsEnd: false);
    }

    private void HoldLocked(byte[] bytes)
    {
        if (bytes.Length == 0) return;
        _heldBytes += bytes.Length;
        _held.Enqueue(new Held(bytes, DueLocked(), null, IsEnd: false));
    }

    private DateTimeOffset DueLocked()
    {
        DateTimeOffset due = _route.Now.PlusCapped(_route.Faults.Latency(_toServer));
        return _lastDue = due > _lastDue ? due : _lastDue;
    }

    private void DropLocked()
    {
        _held.Clear();
        _heldBytes = 0;
        _headTaken = 0;
    }

    private void MakeRoom(FlushResult result) => Interlocked.Exchange(ref _room, null)?.TrySetResult(result);

    private async ValueTask<FlushResult> ThrowIfLost(ValueTask<FlushResult> flush)
    {
        FlushResult result = await flush.ConfigureAwait(false);
        return _lost is null ? result : throw _lost;
    }

    private sealed record Held(byte[] Bytes, DateTimeOffset Due, Exception? Error, bool IsEnd);
}
