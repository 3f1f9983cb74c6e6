using System.Buffers;
using System.Text.Json;

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

    /// <summary>What the id is; <see cref="JsonTokenType.None"/> when there is none.</summary>
    public JsonTokenType IdType;

    /// <summary>The result, the error or the parameters; empty when there are none.</summary>
    public ReadOnlySequence<byte> Value;

    /// <summary>Why a reply cannot be used; null for every message that can be, and for one that is no reply.</summary>
    public string? Fault;

    /// <summary>The method of a call or a notification; otherwise null.</summary>
    public string? Method;

    /// <summary>Whether it names no request at all: its id is null or, unless strict, missing.</summary>
    public readonly bool IsWithoutId(bool strict) => IdType == JsonTokenType.Null || (!strict && IdType == JsonTokenType.None);
}
