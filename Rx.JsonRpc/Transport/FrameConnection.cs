using System.Buffers;
using System.IO.Pipelines;
using System.Reactive.Concurrency;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Transport;

/// <summary>
/// One connection that speaks netstrings: what arrives flows down <see cref="Frames"/>, what is sent from any thread leaves through one
/// writer.
/// </summary>
public sealed partial class FrameConnection : IDisposable
{
    private readonly IDuplexPipe _pipe;
    private readonly FrameCutter _cutter;
    private readonly FrameSender _sender;
    private readonly ReceiveRoom? _receiveRoom;
    private int _reading;
    private int _closed;
    private int _openHalves = 2;
    private string? _late;
    private Exception? _readFailure;
    private Exception? _writeFailure;

    /// <summary>Takes over a pair of pipes.</summary>
    /// <param name="pipe">The pipes; completed, and disposed if they can be, when the connection ends.</param>
    /// <param name="options">The bounds; null for the defaults.</param>
    /// <param name="peer">The peer's name, for messages.</param>
    public FrameConnection(IDuplexPipe pipe, FrameConnectionOptions? options = null, string peer = "the peer")
    {
        ArgumentNullException.ThrowIfNull(pipe);
        _pipe = pipe;
        options ??= new FrameConnectionOptions();
        Peer = peer;
        _cutter = new FrameCutter(options.MaxFrameBytes, peer);
        _sender = new FrameSender(pipe.Output, options.MaxQueuedBytes, SenderEnded, () => RoomAgain?.Invoke());
        Frames = new FrameSource(this);
    }

    /// <summary>
    /// The frames, in the order in which they arrive, on the thread that reads the socket. Subscribing starts the reading; there is one
    /// subscription. <b>OnNext</b>: a frame, borrowed until OnNext returns. <b>OnCompleted</b>: the peer closed between two frames.
    /// <b>OnError</b>: <see cref="ProtocolViolationException"/> at the first byte that is no netstring within the limit,
    /// <see cref="ConnectionLostException"/> for everything else, an exception thrown by OnNext included. <b>Dispose</b> closes the
    /// connection. A second subscription gets <see cref="InvalidOperationException"/>.
    /// </summary>
    public IObservable<Frame> Frames { get; }

    /// <summary>
    /// Whether the sending goes on after OnCompleted, until <see cref="CompleteSending"/> or <see cref="Dispose"/>: the peer has said all
    /// it had to say, and still listens.
    /// </summary>
    internal bool SendsAfterEnd { get; init; }

    /// <summary>
    /// What the frames make others do, if the writer may queue up behind it while they arrive several at a time, so that all they make
    /// others send leaves together. Null when each frame is to leave at once.
    /// </summary>
    internal Continuations? GathersBehind { get; init; }

    /// <summary>
    /// Whether what is sent while the frames of one read are observed leaves together: at the end of the read, and after every so many
    /// frames. Only where nobody who observes them waits for what was sent.
    /// </summary>
    internal bool GathersReads { get; init; }

    /// <summary>Called once, on any thread, when nothing more is read or written; with the failure if that was the reason.</summary>
    internal Action<Exception?>? Released { get; init; }

    /// <summary>
    /// Called by the reader for each frame above <see cref="FrameConnectionOptions.MaxFrameBytes"/>, when it has passed by. Set before the
    /// subscription; without it such a frame is a violation.
    /// </summary>
    internal Action<SkippedFrame>? Skipped { set => _cutter.Skipped = value; }

    /// <summary>How long one begun frame may take, the clock of that, and the option that says so; null for as long as it likes.</summary>
    internal (IScheduler Clock, TimeSpan Limit, string? Option)? FrameTimeout
    {
        init => _cutter.Deadline = value is var (clock, limit, option) ? new FrameDeadline(clock, limit, option, EndAsLate) : null;
    }

    /// <summary>What the connection may hold of the bytes that it shares with others; null when it shares none.</summary>
    internal IByteRoom? Room { init => (_receiveRoom, _sender.Room) = (value is null ? null : new ReceiveRoom(value), value); }

    /// <summary>The peer's name, for messages.</summary>
    internal string Peer { get; }

    /// <summary>Called by the writer, on any thread, when frames were refused because too many bytes waited, and there is room again.</summary>
    internal Action? RoomAgain { get; init; }

    /// <summary>How many bytes wait for the writer just now.</summary>
    internal int QueuedBytes => _sender.QueuedBytes;

    /// <summary>Queues a frame for the writer; from any thread.</summary>
    /// <param name="payload">The payload; copied before the call returns.</param>
    /// <returns>False when the connection is closed or too many bytes wait.</returns>
    public bool TrySend(ReadOnlySpan<byte> payload)
    {
        FrameBuffer buffer = FrameBuffer.Rent();
        buffer.Write(payload);
        SendResult sent = _sender.TrySend(buffer.Complete(), null);
        FrameBuffer.Return(buffer);
        return sent == SendResult.Queued;
    }

    /// <summary>Takes no more frames; what waits is still sent, then the peer sees the end of the stream. Reading goes on.</summary>
    public void CompleteSending() => _sender.Complete();

    /// <summary>Closes the connection at once; what waits is not sent. An active subscription to <see cref="Frames"/> gets nothing more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1) return;
        _sender.Abort();
        // The reader's own thread is the one that may complete the pipe; without a reader, this one is.
        if (Interlocked.Exchange(ref _reading, 1) == 1) WakeReader();
        else EndReading(null);
    }

    /// <summary>Starts the reading; false when it was started before, or the connection is closed.</summary>
    internal bool TryRead(IObserver<Frame> observer)
    {
        if (Interlocked.Exchange(ref _reading, 1) == 1) return false;
        _ = RunReader(observer);
        return true;
    }

    internal SendResult TrySend(ReadOnlySpan<byte> netstring, IOutgoing? outgoing) => _sender.TrySend(netstring, outgoing);

    private void SenderEnded(Exception? failure)
    {
        if (failure is not null)
        {
            _writeFailure = failure;
            WakeReader();
        }
        EndHalf();
    }

    private void EndAsLate(string how)
    {
        _late = how;
        WakeReader();
    }

    private void WakeReader()
    {
        _pipe.Input.CancelPendingRead();
        _receiveRoom?.Free();
    }

    private async Task RunReader(IObserver<Frame> observer)
    {
        Exception? end;
        try
        {
            // One method awaits and another reads what came: an async method that awaits another one would end on the thread pool
            // whenever a synchronization context is current, and nothing would be over when Dispose returns.
            while (!TryReadToEnd(await _pipe.Input.ReadAsync().ConfigureAwait(false), observer, out end))
            {
                if (_receiveRoom?.Wait is { } room) await room.ConfigureAwait(false);
            }
        }
        catch (Exception fault)
        {
            // Also the ConnectionAbortedException of the socket pipe, which is an OperationCanceledException: nobody cancelled anything.
            end = Lost(fault.Message, fault);
        }
        if (end is null && SendsAfterEnd && Volatile.Read(ref _closed) == 0)
        {
            _cutter.Dispose();
            _pipe.Input.Complete();
            observer.OnCompleted();
            EndHalf();
            return;
        }
        bool closedByUs = Interlocked.Exchange(ref _closed, 1) == 1;
        _sender.Abort();
        EndReading(end);
        if (closedByUs) return;
        if (end is null) observer.OnCompleted();
        else observer.OnError(end);
    }

    /// <param name="read">What came.</param>
    /// <param name="observer">Gets the whole frames in it.</param>
    /// <param name="end">What ended the connection, if it has ended; null for a clean end between two frames.</param>
    /// <returns>Whether the connection has ended.</returns>
    private bool TryReadToEnd(ReadResult read, IObserver<Frame> observer, out Exception? end)
    {
        ReadOnlySequence<byte> buffer = read.Buffer;
        long length = buffer.Length;
        if (length > 0) BytesCame?.Invoke();
        end = ReadBuffered(ref buffer, observer);
        _sender.LetGo();
        Volatile.Write(ref _read, _cutter.End);
        bool waits = end is null && _receiveRoom is not null && _receiveRoom.IsMissing(_cutter.BegunLength(buffer));
        // What waits counts as unexamined: the pipe takes no more than its own bound until it is read.
        _pipe.Input.AdvanceTo(buffer.Start, waits ? buffer.Start : buffer.End);
        if (end is not null) return true;
        if (_writeFailure is { } failure) end = Lost($"writing failed: {failure.Message}", failure);
        else if (_late is { } late) end = Lost(late);
        else if (read.IsCompleted && _cutter.HasBegun && Volatile.Read(ref _closed) == 0) end = Lost("it ended inside a frame");
        return end is not null || read.IsCompleted || Volatile.Read(ref _closed) == 1;
    }

    private ProtocolViolationException? ReadBuffered(ref ReadOnlySequence<byte> buffer, IObserver<Frame> observer)
    {
        int frames = 0;
        _cutter.Begin(buffer.Length);
        while (Volatile.Read(ref _closed) == 0)
        {
            switch (_cutter.Next(ref buffer, out ReadOnlySequence<byte> payload))
            {
                case NetstringStatus.Frame:
                    if (++frames == 2) _sender.Behind = GathersBehind;
                    if (GathersReads) _sender.Gather(frames);
                    observer.OnNext(new Frame(payload));
                    _receiveRoom?.Observed();
                    break;
                case NetstringStatus.Violation:
                    return _cutter.Violation;
                default:
                    if (frames == 1) _sender.Behind = null;
                    _cutter.Leave(buffer.Length);
                    return null;
            }
        }
        return null;
    }

    private ConnectionLostException Lost(string how, Exception? inner = null) => new($"the connection to {Peer} was lost: {how}", inner);

    private void EndReading(Exception? end)
    {
        _readFailure = end;
        _cutter.Dispose();
        _pipe.Input.Complete(end);
        EndHalf();
    }

    private void EndHalf()
    {
        // Not before the writer has ended too: disposing the pipe completes its output, and the writer may be in the midst of a write.
        if (Interlocked.Decrement(ref _openHalves) > 0) return;
        Exception? disposing = PipeDisposal.Dispose(_pipe);
        Released?.Invoke(_readFailure ?? _writeFailure ?? disposing);
    }
}
