using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Protocol;

/// <summary>
/// Writes the answers of the server side. Each call appends one reply, so a batch is <c>[</c>, replies with commas between them, and
/// <c>]</c>. The id is echoed byte by byte; an empty one is written as <c>null</c>.
/// </summary>
internal static class ReplyWriter
{
    /// <summary>Answers with a result; an empty one is <c>null</c>.</summary>
    public static void WriteResult(IBufferWriter<byte> output, ReadOnlySpan<byte> idJson, RawJson result)
    {
        output.Write("{\"jsonrpc\":\"2.0\",\"result\":"u8);
        output.Write(OrNull(result.Utf8.Span));
        WriteId(output, idJson);
    }

    /// <summary>Answers with a result. An exception of the serializer escapes and leaves half a reply behind: truncate the buffer.</summary>
    /// <exception cref="JsonException">The result nests too deeply.</exception>
    public static void WriteResult<T>(
        FrameBuffer output, ReadOnlySpan<byte> idJson, T result, JsonTypeInfo<T> typeInfo, IJsonRpcSerializer serializer)
    {
        if (typeof(T) == typeof(RawJson))
        {
            WriteResult(output, idJson, Unsafe.As<T, RawJson>(ref result));
            return;
        }
        output.Write("{\"jsonrpc\":\"2.0\",\"result\":"u8);
        int start = output.PayloadLength;
        serializer.Write(output, result, typeInfo);
        if (Nesting.MayBeTooDeep(serializer, typeInfo) && Nesting.IsTooDeep(output.Payload[start..]))
        {
            throw new JsonException($"The result ({typeof(T)}) nests deeper than {RawJson.MaxDepth} levels, the most that a peer reads.");
        }
        WriteId(output, idJson);
    }

    /// <summary>Answers with an error: as it was received when that is an object, otherwise made from its parts.</summary>
    public static void WriteError(IBufferWriter<byte> output, ReadOnlySpan<byte> idJson, JsonRpcError error)
    {
        output.Write("{\"jsonrpc\":\"2.0\",\"error\":"u8);
        ReadOnlySpan<byte> received = error.Received.Utf8.Span;
        if (received.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            output.Write(received);
        }
        else
        {
            WriteParts(output, error);
        }
        WriteId(output, idJson);
    }

    private static void WriteParts(IBufferWriter<byte> output, JsonRpcError error)
    {
        output.Write("{\"code\":"u8);
        Span<byte> code = stackalloc byte[11];
        error.Code.TryFormat(code, out int digits, default, CultureInfo.InvariantCulture);
        output.Write(code[..digits]);
        output.Write(",\"message\":\""u8);
        // By way of UTF-8, because half a surrogate pair in the text becomes U+FFFD there and an exception otherwise.
        output.Write(JsonEncodedText.Encode(Encoding.UTF8.GetBytes(error.Message), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        output.Write("\""u8);
        if (!error.Data.IsEmpty)
        {
            output.Write(",\"data\":"u8);
            output.Write(error.Data.Utf8.Span);
        }
        output.Write("}"u8);
    }

    private static void WriteId(IBufferWriter<byte> output, ReadOnlySpan<byte> idJson)
    {
        output.Write(",\"id\":"u8);
        output.Write(OrNull(idJson));
        output.Write("}"u8);
    }

    private static ReadOnlySpan<byte> OrNull(ReadOnlySpan<byte> json) => json.IsEmpty ? "null"u8 : json;
}
