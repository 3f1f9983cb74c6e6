namespace Rx.JsonRpc.Transport;

public sealed partial class FrameConnection
{
    private long _read;

    /// <summary>Called by the reader whenever bytes have come, before they are looked at. Set before the subscription.</summary>
    internal Action? BytesCame { get; set; }

    /// <summary>Whether what is received passes through the thread pool.</summary>
    internal bool ComesByThreadPool => _pipe is IReceivesBytes { ByThreadPool: true };

    /// <summary>How many bytes this side has received, read or not; as many as are read where the pipe does not tell.</summary>
    internal long Received => _pipe is IReceivesBytes receiver ? receiver.Received : Read;

    /// <summary>How many bytes have been read, and the frames in them observed.</summary>
    internal long Read => Volatile.Read(ref _read);
}
