namespace Rx.JsonRpc.Transport;

/// <summary>Whoever sent a frame and wants to know whether it left, or to take it back while it has not.</summary>
internal interface IOutgoing
{
    /// <summary>
    /// Asked by the writer just before the frame's first byte goes to the socket's pipe; from then on the frame counts as sent.
    /// False when the sender has taken it back: then none of its bytes are written.
    /// </summary>
    bool TryHandOver();

    /// <summary>The connection ended before the frame was handed over; it never will be.</summary>
    void Dropped();
}
