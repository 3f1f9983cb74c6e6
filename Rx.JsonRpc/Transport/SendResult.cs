namespace Rx.JsonRpc.Transport;

/// <summary>What became of a frame that was offered for sending.</summary>
internal enum SendResult
{
    Queued,
    QueueFull,
    /// <summary>It would fit, but for what other connections hold.</summary>
    NoRoom,
    Closed,
}
