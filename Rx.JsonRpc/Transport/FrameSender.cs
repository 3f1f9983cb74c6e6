using System.IO.Pipelines;

namespace Rx.JsonRpc.Transport;

/// <summary>
/// The single writer of a connection. Senders on any thread append to a queue; whoever finds the writer idle becomes the writer, or
/// has it queue up, and it takes whole queues to the pipe until none is left: frames sent while a flush is under way leave together.
/// </summary>
internal sealed class FrameSender : IThreadPoolWorkItem
{
    // So that the peer has something to do before the last of many frames has been observed.
    private const int MostFramesHeld = 32;

    private readonly Lock _gate = new();
    private readonly PipeWriter _output;
    private readonly int _maxQueuedBytes;
    private readonly Action<Exception?> _ended;
    private readonly Action? _roomAgain;
    private SendQueue _waiting = new();
    private SendQueue _spare = new();
    private bool _writing;
    private bool _completing;
    private bool _aborted;
    private bool _refused;
    private bool _held;
    private IByteRoom? _room;
    private long _granted = long.MaxValue;
    private int _leaving;
    private volatile Continuations? _behind;

    /// <param name="output">Where the frames go; completed when the sending ends.</param>
    /// <param name="maxQueuedBytes">How much may wait.</param>
    /// <param name="ended">Called once, when the output is completed; with the failure if that was the reason.</param>
    /// <param name="roomAgain">Called by the writer when frames were refused, and there is room for them now.</param>
    public FrameSender(PipeWriter output, int maxQueuedBytes, Action<Exception?> ended, Action? roomAgain = null)
    {
        _output = output;
        _maxQueuedBytes = maxQueuedBytes;
        _ended = ended;
        _roomAgain = roomAgain;
    }

    /// <summary>
    /// Where the writer queues up when a frame finds it idle, behind the continuations that are queued there already, so that what they
    /// send leaves together; null, as it is at first, when it begins at once. Set on any thread; the next frame goes by it.
    /// </summary>
    public Continuations? Behind
    {
        set => _behind = value;
    }

    /// <summary>How many bytes wait just now, without those that the writer has taken.</summary>
    public int QueuedBytes => Volatile.Read(ref _waiting).Bytes;

    /// <summary>What may wait here of the bytes that the connection shares with others. Set before the first frame is sent.</summary>
    public IByteRoom? Room
    {
        set
        {
            _room = value;
            _granted = value?.OwnBytes ?? long.MaxValue;
        }
    }

    public SendResult TrySend(ReadOnlySpan<byte> netstring, IOutgoing? outgoing)
    {
        lock (_gate)
        {
            if (_completing || _aborted) return SendResult.Closed;
            // One frame always fits an empty queue, however little the bound leaves for its length and comma.
            if (_waiting.Count > 0 && netstring.Length > _maxQueuedBytes - _waiting.Bytes)
            {
                _refused = true;
                return SendResult.QueueFull;
            }
            long queued = (long)_waiting.Bytes + _leaving + netstring.Length;
            if (queued > _granted && !_room!.TryHoldSends(queued, out _granted)) return SendResult.NoRoom;
            _waiting.Add(netstring, outgoing);
            if (_writing || _held) return SendResult.Queued;
            _writing = true;
        }
        if (_behind is { } continuations) continuations.Schedule(this);
        else _ = RunWriter();
        return SendResult.Queued;
    }

    /// <summary>Frames that find the writer idle wait from now on, until <see cref="LetGo"/> is called by the same thread.</summary>
    public void Hold()
    {
        lock (_gate) _held = true;
    }

    /// <summary>Has what is sent while the frames of one read are observed leave together.</summary>
    /// <param name="frames">How many frames of the read there have been, with the one that is observed next.</param>
    public void Gather(int frames)
    {
        bool letsGo = frames % MostFramesHeld == 0;
        if (letsGo) LetGo();
        // What the only frame of a read makes others send leaves at once.
        if (letsGo || frames == 2) Hold();
    }

    /// <summary>Sends what has waited.</summary>
    public void LetGo()
    {
        // Written by this thread only.
        if (!_held) return;
        lock (_gate)
        {
            _held = false;
            if (_writing || _waiting.Count == 0) return;
            _writing = true;
        }
        _ = RunWriter();
    }

    /// <summary>Takes no more frames; those that wait are still sent, then the peer sees the end of the stream.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_completing || _aborted) return;
            _completing = true;
            if (_writing) return;
            _writing = true;
        }
        _ = RunWriter();
    }

    /// <summary>Takes no more frames and sends none of those that wait.</summary>
    public void Abort()
    {
        bool writerIsThere;
        lock (_gate)
        {
            if (_aborted) return;
            _aborted = true;
            writerIsThere = _writing;
            _writing = true;
        }
        if (writerIsThere) FreeStuckWriter();
        else _ = RunWriter();
    }

    void IThreadPoolWorkItem.Execute() => _ = RunWriter();

    private void FreeStuckWriter()
    {
        // A flush that waits for a peer that does not read would never return. Not under the lock: the writer may go on inside this call,
        // and those that it tells of the end run with it.
        try
        {
            _output.CancelPendingFlush();
        }
        catch (ObjectDisposedException)
        {
            // The writer has just ended, and its pipe does not like to be asked after that.
        }
    }

    private async Task RunWriter()
    {
        Exception? failure = null;
        try
        {
            if (!await WriteQueues().ConfigureAwait(false)) return;
        }
        catch (Exception fault)
        {
            failure = fault;
        }
        // The writer's role is never handed back from here on: _writing stays set, so nobody touches the pipe after its completion.
        SendQueue dropped;
        lock (_gate)
        {
            _aborted = true;
            dropped = _waiting;
            _waiting = new SendQueue();
        }
        try
        {
            await _output.CompleteAsync(failure).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            failure ??= fault;
        }
        // What is left of a batch whose hand-over failed, then what waited behind it.
        _spare.Drop();
        dropped.Drop();
        _ended(failure);
    }

    /// <returns>True when the pipe is to be completed, false when the writer has gone idle.</returns>
    private async ValueTask<bool> WriteQueues()
    {
        while (true)
        {
            SendQueue? batch = null;
            bool over;
            bool eased;
            bool roomAgain = false;
            lock (_gate)
            {
                eased = EaseLocked();
                over = _aborted || (_waiting.Count == 0 && _completing);
                if (!over && _waiting.Count > 0)
                {
                    batch = _waiting;
                    _waiting = _spare;
                    _spare = batch;
                    _leaving = batch.Bytes;
                    roomAgain = _refused;
                    _refused = false;
                }
                else
                {
                    _writing = over;
                }
            }
            if (eased) _room!.WakeOthers();
            if (batch is null) return over;
            if (roomAgain) _roomAgain?.Invoke();
            batch.HandOver(_output);
            batch.Clear();
            FlushResult flushed = await _output.FlushAsync().ConfigureAwait(false);
            if (flushed.IsCompleted) throw new IOException("the peer does not take any more bytes");
        }
    }

    /// <summary>The last batch has left.</summary>
    private bool EaseLocked()
    {
        _leaving = 0;
        if (_room is null || _granted <= _room.OwnBytes) return false;
        long before = _granted;
        _granted = _room.EaseSends(_waiting.Bytes);
        return _granted < before;
    }
}
