using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc;

/// <summary>
/// JSON text in UTF-8 that was checked once and is carried as it stands. The default value holds nothing: as parameters it means that
/// the member <c>params</c> is left out.
/// </summary>
/// <remarks>
/// The bytes belong to the value: it can be kept for as long as one likes and read from any thread. As a member of another type it is
/// written and read as the JSON that it holds; the default value is written as <c>null</c>. See <see cref="RawJsonConverter"/>.
/// </remarks>
[JsonConverter(typeof(RawJsonConverter))]
public readonly struct RawJson : IEquatable<RawJson>
{
    /// <summary>How deeply JSON may nest, here as everywhere in this library.</summary>
    internal const int MaxDepth = 64;

    // The usual encoding puts U+FFFD where a text cannot be encoded, which would not be the caller's text any more.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlyMemory<byte> _utf8;

    private RawJson(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    /// <summary>Whether the value holds no JSON at all (which is not the same as <c>null</c>).</summary>
    public bool IsEmpty => _utf8.IsEmpty;

    /// <summary>The text as UTF-8 bytes; valid for as long as the value is kept.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>Checks a text and keeps it untouched.</summary>
    /// <param name="json">One JSON value.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">The text is not one JSON value of at most 64 levels; says where and why.</exception>
    public static RawJson Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return TryParse(json, out RawJson value, out string? error) ? value : throw new FormatException(error);
    }

    /// <summary>Checks a text without throwing.</summary>
    /// <param name="json">One JSON value.</param>
    /// <param name="value">The value; empty when the text is faulty.</param>
    /// <param name="error">What is wrong and where; null when nothing is.</param>
    /// <returns>Whether the text is one JSON value.</returns>
    public static bool TryParse(string? json, out RawJson value, [NotNullWhen(false)] out string? error)
    {
        try
        {
            return TryParse(StrictUtf8.GetBytes(json ?? ""), out value, out error);
        }
        catch (EncoderFallbackException fault)
        {
            value = default;
            error = $"character {fault.Index}: half of a surrogate pair, which UTF-8 cannot hold";
            return false;
        }
    }

    /// <summary>Checks UTF-8 bytes without throwing and without copying them.</summary>
    /// <param name="utf8">One JSON value; the caller must not change the bytes afterwards.</param>
    /// <param name="value">The value; empty when the bytes are faulty.</param>
    /// <param name="error">What is wrong and where; null when nothing is.</param>
    /// <returns>Whether the bytes are one JSON value in UTF-8.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, out RawJson value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        error = System.Text.Unicode.Utf8.IsValid(utf8.Span) ? null : "the text is not UTF-8";
        if (error is not null) return false;
        try
        {
            var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
            }
        }
        catch (JsonException fault)
        {
            error = utf8.IsEmpty ? "the text is empty; expected JSON" : Describe(fault);
            return false;
        }
        value = new RawJson(utf8);
        return true;
    }

    /// <summary>Writes a value as JSON.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">How it is written; from a source-generated <c>JsonSerializerContext</c>.</param>
    /// <returns>The JSON.</returns>
    /// <exception cref="FormatException">The value nests deeper than 64 levels; only options with a greater <c>MaxDepth</c> write it.</exception>
    public static RawJson From<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> typeInfo)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, typeInfo);
        if (typeInfo.Options.MaxDepth <= MaxDepth) return new RawJson(json);
        return TryParse(json, out RawJson parsed, out string? error) ? parsed : throw new FormatException(error);
    }

    /// <summary>Reads the JSON as a value.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="typeInfo">How it is read; from a source-generated <c>JsonSerializerContext</c>.</param>
    /// <returns>The value; null for <c>null</c>.</returns>
    /// <exception cref="JsonException">The JSON does not fit the type.</exception>
    public T? To<T>(System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> typeInfo) => JsonSerializer.Deserialize(_utf8.Span, typeInfo);

    /// <summary>The JSON text.</summary>
    /// <returns>The text as it was given or received; empty for the default value.</returns>
    public override string ToString() => Encoding.UTF8.GetString(_utf8.Span);

    /// <summary>Whether both hold the same bytes; <c>1</c> and <c>1.0</c> differ.</summary>
    /// <param name="other">The other value.</param>
    /// <returns>True when the bytes are the same.</returns>
    public bool Equals(RawJson other) => _utf8.Span.SequenceEqual(other._utf8.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RawJson other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_utf8.Span);
        return hash.ToHashCode();
    }

    /// <summary>Whether both hold the same bytes.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other value.</param>
    /// <returns>True when the bytes are the same.</returns>
    public static bool operator ==(RawJson left, RawJson right) => left.Equals(right);

    /// <summary>Whether the bytes differ.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other value.</param>
    /// <returns>True when the bytes differ.</returns>
    public static bool operator !=(RawJson left, RawJson right) => !left.Equals(right);

    /// <summary>Copies a slice of a frame that a reader has already checked.</summary>
    internal static RawJson Copy(in ReadOnlySequence<byte> checkedJson) => new(checkedJson.ToArray());

    internal static RawJson FromChecked(ReadOnlyMemory<byte> checkedJson) => new(checkedJson);

    internal static string Describe(JsonException fault)
    {
        // The message of System.Text.Json ends with its own wording of the place; ours stands in front of it.
        string message = fault.Message;
        int tail = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string why = tail < 0 ? message : message[..tail];
        // Advice for whoever wrote the reader, not for whoever wrote the JSON.
        why = why.Replace(" which is not supported in this mode. Change the reader options.", ".", StringComparison.Ordinal);
        return $"line {fault.LineNumber + 1}, byte {fault.BytePositionInLine}: {why}";
    }
}
