using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// The answers to the requests in one batch of a server: gathered as they come, sent as one array when the last one is there (JSON-RPC 2.0,
/// section 6), and not at all when none is due.
/// </summary>
internal sealed class ServerCallBatch(OpenServerCalls calls)
{
    private readonly Lock _gate = new();
    private readonly FrameBuffer _answers = FrameBuffer.Rent();
    // One for the reading of the batch itself: until that is over, how many answers are due is not known.
    private int _awaited = 1;
    private int _held;

    /// <summary>A request of the batch will end by <see cref="TryAnswer"/> or <see cref="Skip"/>.</summary>
    public void Expect() => Interlocked.Increment(ref _awaited);

    /// <summary>Adds an answer that no request waits for, while the batch is read.</summary>
    public void Add(FrameBuffer answer) => TryAdd(answer, default);

    /// <summary>Adds the answer of a request; the last one sends them all.</summary>
    /// <returns>False when it will not be sent.</returns>
    public bool TryAnswer(FrameBuffer answer, RawJson id)
    {
        bool added = TryAdd(answer, id);
        return FinishOne() && added;
    }

    /// <summary>A request of the batch ends without an answer, or the batch has been read.</summary>
    public void Skip() => FinishOne();

    private bool TryAdd(FrameBuffer answer, RawJson id)
    {
        lock (_gate)
        {
            if (!calls.TryHold(_answers.PayloadLength, answer, id)) return false;
            _held += answer.PayloadLength;
            _answers.Append(_answers.PayloadLength == 0 ? "["u8 : ","u8);
            _answers.Append(answer.Payload);
            return true;
        }
    }

    /// <returns>False when the answers could not be sent.</returns>
    private bool FinishOne()
    {
        if (Interlocked.Decrement(ref _awaited) > 0) return true;
        // Without the lock, which is not taken any more: a send may call the host's code when everything is inline.
        bool sent = true;
        calls.Unhold(_held);
        if (_answers.PayloadLength > 0)
        {
            _answers.Append("]"u8);
            sent = calls.TrySend(_answers);
        }
        FrameBuffer.Return(_answers);
        return sent;
    }
}
