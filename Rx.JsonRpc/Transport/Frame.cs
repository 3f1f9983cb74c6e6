using System.Buffers;

namespace Rx.JsonRpc.Transport;

/// <summary>One netstring's payload, <b>borrowed until OnNext returns</b>: copy what you keep.</summary>
/// <param name="Payload">The bytes between the colon and the comma.</param>
public readonly record struct Frame(ReadOnlySequence<byte> Payload);
