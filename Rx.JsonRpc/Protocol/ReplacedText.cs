using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc.Protocol;

/// <summary>
/// System.Text.Json writes U+FFFD, as an escape, where a text holds half a surrogate pair: other data than the caller gave, without a word.
/// </summary>
internal static class ReplacedText
{
    private static ReadOnlySpan<byte> Replacement => "\\uFFFD"u8;

    /// <exception cref="ArgumentException">The value holds such a text.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ThrowIfIn<T>(ReadOnlySpan<byte> written, T value, JsonTypeInfo<T> typeInfo, IJsonRpcSerializer serializer)
    {
        if (written.IndexOf(Replacement) >= 0 && serializer is SystemTextJsonSerializer) ThrowIfReplaced(value, typeInfo);
    }

    // The usual encoder escapes a U+FFFD of the caller's own in the same way; this one writes it as it is, and escapes only what it replaces.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowIfReplaced<T>(T value, JsonTypeInfo<T> typeInfo)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonSerializer.Serialize(writer, value, typeInfo);
        }
        ReadOnlySpan<byte> rest = json.WrittenSpan;
        while (rest.IndexOf((byte)'\\') is >= 0 and var at)
        {
            rest = rest[at..];
            if (rest.StartsWith(Replacement)) throw new ArgumentException("a text holds half of a surrogate pair, which JSON cannot carry");
            rest = rest[2..];
        }
    }
}
