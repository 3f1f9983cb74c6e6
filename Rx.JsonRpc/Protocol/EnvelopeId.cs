using System.Buffers;
using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>Reads the id of a message as the integer that we once sent, however the peer wrote it down. Exact: no floating point.</summary>
internal static class EnvelopeId
{
    /// <summary>What stands for every id that is none of ours.</summary>
    public const long None = -1;

    // Room for zeros after the point and for escapes; an id that needs more is not ours.
    private const int MaxBytes = JsonInteger.MaxBytes;

    public static long Read(ref readonly Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) return None;
        if (reader.HasValueSequence || reader.ValueIsEscaped) return ReadCopy(in reader);
        return Parse(reader.ValueSpan, reader.TokenType);
    }

    private static long ReadCopy(ref readonly Utf8JsonReader reader)
    {
        Span<byte> copy = stackalloc byte[MaxBytes];
        long length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (length > MaxBytes) return None;
        if (reader.TokenType == JsonTokenType.Number)
        {
            reader.ValueSequence.CopyTo(copy);
            return Parse(copy[..(int)length], JsonTokenType.Number);
        }
        try
        {
            return Parse(copy[..reader.CopyString(copy)], JsonTokenType.String);
        }
        catch (InvalidOperationException)
        {
            return None;
        }
    }

    private static long Parse(ReadOnlySpan<byte> text, JsonTokenType type)
    {
        if (text.Length is 0 or > MaxBytes) return None;
        long id = 0;
        foreach (byte next in text)
        {
            int digit = next - '0';
            if ((uint)digit > 9) return type == JsonTokenType.Number ? ParseNumber(text) : None;
            id = (id * 10) + digit;
            // Before it can overflow; only zeros after a point could still save a number as long as this.
            if (id > JsonInteger.Max) return type == JsonTokenType.Number ? ParseNumber(text) : None;
        }
        bool leadingZero = text[0] == '0' && text.Length > 1;
        return leadingZero ? None : id;
    }

    private static long ParseNumber(ReadOnlySpan<byte> number) =>
        number[0] != '-' && JsonInteger.TryParse(number, out long id) ? id : None;
}
