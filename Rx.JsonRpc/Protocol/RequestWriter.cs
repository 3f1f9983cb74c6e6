using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Protocol;

/// <summary>Writes requests and notifications: the method's ready-made prefix, the parameters, the id.</summary>
internal static class RequestWriter
{
    // "-" and 19 digits are the longest id.
    private const int MaxIdBytes = 20;

    /// <param name="buffer">An empty buffer; after an exception it holds rubbish.</param>
    /// <param name="method">The method's name, for messages.</param>
    /// <param name="prefix">The envelope up to and with the method's name.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="parameters">An object or an array; null and the default <see cref="RawJson"/> leave <c>params</c> out.</param>
    /// <param name="typeInfo">How the parameters are written; null is enough for <see cref="RawJson"/>.</param>
    /// <param name="serializer">What writes them.</param>
    /// <param name="maxFrameBytes">The longest payload that may be sent.</param>
    /// <exception cref="InvalidParametersException">The parameters cannot be sent.</exception>
    public static void WriteRequest<TParams>(
        FrameBuffer buffer, string method, ReadOnlySpan<byte> prefix, long id, TParams parameters, JsonTypeInfo<TParams>? typeInfo,
        IJsonRpcSerializer serializer, int maxFrameBytes)
    {
        WriteUpToId(buffer, method, prefix, parameters, typeInfo, serializer);
        ReadOnlySpan<byte> name = ",\"id\":"u8;
        Span<byte> tail = buffer.GetSpan(name.Length + MaxIdBytes + 1);
        name.CopyTo(tail);
        id.TryFormat(tail[name.Length..], out int digits, default, CultureInfo.InvariantCulture);
        tail[name.Length + digits] = (byte)'}';
        buffer.Advance(name.Length + digits + 1);
        ThrowIfTooLong(buffer, method, maxFrameBytes);
    }

    /// <summary>As <see cref="WriteRequest"/>, without an id: nobody answers.</summary>
    public static void WriteNotification<TParams>(
        FrameBuffer buffer, string method, ReadOnlySpan<byte> prefix, TParams parameters, JsonTypeInfo<TParams>? typeInfo,
        IJsonRpcSerializer serializer, int maxFrameBytes)
    {
        WriteUpToId(buffer, method, prefix, parameters, typeInfo, serializer);
        buffer.Append("}"u8);
        ThrowIfTooLong(buffer, method, maxFrameBytes);
    }

    private static void WriteUpToId<TParams>(
        FrameBuffer buffer, string method, ReadOnlySpan<byte> prefix, TParams parameters, JsonTypeInfo<TParams>? typeInfo,
        IJsonRpcSerializer serializer)
    {
        buffer.Append(prefix);
        int withoutParameters = buffer.PayloadLength;
        buffer.Append(",\"params\":"u8);
        int start = buffer.PayloadLength;
        // The JIT makes the comparison of types a constant, for RawJson as for every other struct.
        if (typeof(TParams) == typeof(RawJson))
        {
            RawJson raw = Unsafe.As<TParams, RawJson>(ref parameters);
            buffer.Append(raw.IsEmpty ? "null"u8 : raw.Utf8.Span);
        }
        else
        {
            Serialize(buffer, method, parameters, typeInfo!, serializer);
        }
        ReadOnlySpan<byte> written = buffer.Payload[start..].Trim(" \t\r\n"u8);
        if (written.SequenceEqual("null"u8))
        {
            buffer.Truncate(withoutParameters);
        }
        else if (written.IsEmpty || written[0] is not ((byte)'{' or (byte)'['))
        {
            throw Invalid(
                method, $"the parameters of '{method}' are {Describe(written)}; JSON-RPC takes an object or an array (put a single value into an array)");
        }
    }

    private static void Serialize<TParams>(
        FrameBuffer buffer, string method, TParams parameters, JsonTypeInfo<TParams> typeInfo, IJsonRpcSerializer serializer)
    {
        int start = buffer.PayloadLength;
        try
        {
            serializer.Write(buffer, parameters, typeInfo);
            ReplacedText.ThrowIfIn(buffer.Payload[start..], parameters, typeInfo, serializer);
        }
        catch (Exception fault)
        {
            string cause = fault.InnerException is { } inner ? $" ({inner.Message})" : "";
            throw Invalid(method, $"the parameters of '{method}' ({typeof(TParams)}) cannot be written as JSON: {fault.Message}{cause}", fault);
        }
        if (Nesting.MayBeTooDeep(serializer, typeInfo) && Nesting.IsTooDeep(buffer.Payload[start..]))
        {
            throw Invalid(method, $"the parameters of '{method}' nest deeper than {RawJson.MaxDepth} levels, the most that a peer reads");
        }
    }

    private static void ThrowIfTooLong(FrameBuffer buffer, string method, int maxFrameBytes)
    {
        if (buffer.PayloadLength <= maxFrameBytes) return;
        throw Invalid(
            method, $"the request '{method}' {LimitTexts.TooLong(buffer.PayloadLength, maxFrameBytes)}; make its parameters smaller, or raise the limit on both sides");
    }

    private static InvalidParametersException Invalid(string method, string message, Exception? inner = null) =>
        new(message, inner) { Method = method };

    private static string Describe(ReadOnlySpan<byte> json) => json.IsEmpty ? "nothing at all" : json[0] switch
    {
        (byte)'"' => "a string",
        (byte)'t' or (byte)'f' => "a boolean",
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => "a number",
        _ => "not JSON",
    };
}
