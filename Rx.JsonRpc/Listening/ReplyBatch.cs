using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Listening;

/// <summary>
/// The answers to one batch: gathered as they come, sent as one array when the last one is there, and not at all when none is due.
/// </summary>
internal sealed class ReplyBatch
{
    private readonly Lock _gate = new();
    private readonly ListenerConnection _connection;
    private readonly FrameBuffer _replies = FrameBuffer.Rent();
    // One for the reading of the batch itself: until that is over nobody knows how many answers are due.
    private int _awaited = 1;
    private int _held;

    public ReplyBatch(ListenerConnection connection) => _connection = connection;

    public void Expect() => Interlocked.Increment(ref _awaited);

    /// <summary>Adds an answer that needs no call, while the batch is read; false when the answers are too long for a frame.</summary>
    public bool TryAddWhileReading(FrameBuffer reply)
    {
        lock (_gate)
        {
            if (!FitsLocked(reply)) return false;
            AppendLocked(reply.Payload);
        }
        _connection.TryHold(reply.PayloadLength);
        return true;
    }

    /// <summary>Adds the answer of a call; the last one sends them all.</summary>
    /// <returns>False when the connection has ended.</returns>
    public bool TryAdd(FrameBuffer reply, IncomingCall call)
    {
        long tooLong = 0;
        lock (_gate)
        {
            if (!FitsLocked(reply))
            {
                tooLong = (long)_replies.PayloadLength + reply.PayloadLength;
                TooLong.Replace(reply, call);
            }
            AppendLocked(reply.Payload);
        }
        if (tooLong > 0) call.ReportTooLong("the batch of replies with this one", tooLong);
        bool held = _connection.TryHold(reply.PayloadLength);
        return FinishOne() && held;
    }

    /// <summary>The batch has been read, and every call in it passed on.</summary>
    public void EndOfReading() => FinishOne();

    /// <summary>Nothing of the batch is answered after all.</summary>
    public void Discard()
    {
        _connection.Unhold(_held);
        FrameBuffer.Return(_replies);
    }

    private bool FitsLocked(FrameBuffer reply) =>
        _replies.PayloadLength + reply.PayloadLength + 2 <= _connection.Services.Options.MaxFrameBytes;

    private void AppendLocked(ReadOnlySpan<byte> reply)
    {
        _replies.Append(_replies.PayloadLength == 0 ? "["u8 : ","u8);
        _replies.Append(reply);
        _held += reply.Length;
    }

    /// <returns>False when the connection has ended.</returns>
    private bool FinishOne()
    {
        if (Interlocked.Decrement(ref _awaited) > 0) return !_connection.HasEnded;
        // Outside the lock, which nobody else takes any more: a send may call the host's code when everything is inline.
        bool sent = true;
        _connection.Unhold(_held);
        if (_replies.PayloadLength > 0)
        {
            _replies.Append("]"u8);
            sent = _connection.TrySend(_replies);
        }
        FrameBuffer.Return(_replies);
        return sent;
    }
}
