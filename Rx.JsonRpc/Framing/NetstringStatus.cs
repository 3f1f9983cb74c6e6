namespace Rx.JsonRpc.Framing;

/// <summary>What a buffer holds at its start.</summary>
public enum NetstringStatus
{
    /// <summary>A whole frame.</summary>
    Frame,

    /// <summary>The beginning of a frame, or nothing: read more bytes and ask again.</summary>
    Partial,

    /// <summary>Bytes that cannot be the beginning of a frame, whatever follows them.</summary>
    Violation,
}
