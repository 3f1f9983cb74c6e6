using System.Buffers;
using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc.Transport;

/// <summary>One netstring's payload, <b>borrowed until OnNext returns</b>: copy what you keep.</summary>
/// <param name="Payload">The bytes between the colon and the comma.</param>
[JsonConverter(typeof(RefusedConverter))]
public readonly record struct Frame(ReadOnlySequence<byte> Payload);
