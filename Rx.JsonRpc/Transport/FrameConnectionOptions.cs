namespace Rx.JsonRpc.Transport;

/// <summary>The bounds of one frame connection.</summary>
public sealed record FrameConnectionOptions
{
    /// <summary>The longest frame that is read, in bytes. 4 MiB by default.</summary>
    public int MaxFrameBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Bytes that may wait to be handed to the socket. What is being handed over at that moment comes on top, once more as much at most;
    /// and one frame always fits an empty queue. 16 MiB by default.
    /// </summary>
    public int MaxQueuedBytes { get; init; } = 16 * 1024 * 1024;
}
