using System.Buffers;
using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc;

/// <summary>
/// How parameters become JSON and JSON becomes results. The built-in one is System.Text.Json; a host that wants another library
/// implements these two members.
/// </summary>
/// <remarks>
/// Called from any thread, also from several at once. <see cref="Read{T}"/> runs on the reader of a connection: it must not block.
/// </remarks>
public interface IJsonRpcSerializer
{
    /// <summary>Writes a value as one JSON value in UTF-8.</summary>
    /// <typeparam name="T">The declared type of the value.</typeparam>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">What System.Text.Json knows of the type; another library may ignore it.</param>
    /// <remarks>An exception ends the request as faulty: it is not tried on another server.</remarks>
    void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> typeInfo);

    /// <summary>Reads one JSON value, already known to be well-formed and at most 64 levels deep.</summary>
    /// <typeparam name="T">The wanted type.</typeparam>
    /// <param name="json">The bytes; <b>borrowed until the call returns</b>: copy what you keep.</param>
    /// <param name="typeInfo">What System.Text.Json knows of the type; another library may ignore it.</param>
    /// <returns>The value; null where the JSON says <c>null</c>.</returns>
    /// <remarks>An exception ends the request with <see cref="InvalidReplyException"/>.</remarks>
    T? Read<T>(in ReadOnlySequence<byte> json, JsonTypeInfo<T> typeInfo);
}
