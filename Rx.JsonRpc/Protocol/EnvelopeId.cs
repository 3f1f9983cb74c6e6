using System.Buffers;
using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>Reads the id of a message as the integer that we once sent, however the peer wrote it down. Exact: no floating point.</summary>
internal static class EnvelopeId
{
    /// <summary>What stands for every id that is none of ours.</summary>
    public const long None = -1;

    /// <summary>2^53-1, the largest integer that every JSON library keeps.</summary>
    public const long Max = (1L << 53) - 1;

    private const int MaxDigits = 16;

    // Room for zeros after the point and for escapes; an id that needs more is not ours.
    private const int MaxBytes = 128;

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
            if (id > Max) return type == JsonTokenType.Number ? ParseNumber(text) : None;
        }
        bool leadingZero = text[0] == '0' && text.Length > 1;
        return leadingZero ? None : id;
    }

    /// <summary>A number of JSON's grammar with a sign, a point or an exponent.</summary>
    private static long ParseNumber(ReadOnlySpan<byte> number)
    {
        if (number[0] == '-') return None;
        int e = number.IndexOfAny((byte)'e', (byte)'E');
        ReadOnlySpan<byte> mantissa = e < 0 ? number : number[..e];
        if (!TryParseExponent(e < 0 ? default : number[(e + 1)..], out int exponent)) return None;
        int point = mantissa.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? mantissa : mantissa[..point];
        ReadOnlySpan<byte> fraction = point < 0 ? default : mantissa[(point + 1)..];

        Span<byte> all = stackalloc byte[MaxBytes];
        whole.CopyTo(all);
        fraction.CopyTo(all[whole.Length..]);
        ReadOnlySpan<byte> digits = all[..(whole.Length + fraction.Length)];
        int leadingZeros = digits.Length - digits.TrimStart((byte)'0').Length;
        digits = digits.Trim((byte)'0');
        int wholeDigits = whole.Length + exponent - leadingZeros;
        if (digits.IsEmpty) return 0;
        if (wholeDigits < digits.Length || wholeDigits > MaxDigits) return None;
        long id = 0;
        for (int i = 0; i < wholeDigits; i++) id = (id * 10) + (i < digits.Length ? digits[i] - '0' : 0);
        return id <= Max ? id : None;
    }

    private static bool TryParseExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text.IsEmpty) return true;
        bool negative = text[0] == '-';
        ReadOnlySpan<byte> digits = text.TrimStart("+-"u8).TrimStart((byte)'0');
        if (digits.Length > 4) return false;
        foreach (byte digit in digits) exponent = (exponent * 10) + (digit - '0');
        if (negative) exponent = -exponent;
        return true;
    }
}
