using System.Buffers;

namespace Rx.JsonRpc.Protocol;

/// <summary>One message. Its sequences are slices of the frame and live no longer than that.</summary>
internal struct Envelope
{
    /// <summary>What the message is.</summary>
    public EnvelopeKind Kind;

    /// <summary>The id as an integer in 0..2^53-1, also when it was echoed as <c>"7"</c> or <c>7.0</c>; otherwise -1.</summary>
    public long Id;

    /// <summary>The id as it stands in the frame if it is a string, a number or null, which may be echoed; otherwise empty.</summary>
    public ReadOnlySequence<byte> IdJson;

    /// <summary>The result, the error or the parameters; empty when there are none.</summary>
    public ReadOnlySequence<byte> Value;

    /// <summary>The method of a call or a notification; otherwise null.</summary>
    public string? Method;
}
