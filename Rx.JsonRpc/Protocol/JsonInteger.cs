using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>
/// Reads a number of JSON as the integer that it means, however it is written: <c>7</c>, <c>7.0</c>, <c>70e-1</c>. Exact: no floating point.
/// </summary>
internal static class JsonInteger
{
    /// <summary>2^53-1, the largest integer that every JSON library keeps.</summary>
    public const long Max = (1L << 53) - 1;

    /// <summary>The longest text that is read; a number that needs more (zeros after the point) is taken for no integer.</summary>
    public const int MaxBytes = 128;

    private const int MaxDigits = 16;

    /// <summary>The number at which the reader stands; false when it is no number, no integer, or beyond ±(2^53-1).</summary>
    public static bool TryRead(ref readonly Utf8JsonReader reader, out long value)
    {
        value = 0;
        if (reader.TokenType != JsonTokenType.Number) return false;
        ReadOnlySpan<byte> number = reader.ValueSpan;
        return !reader.HasValueSequence && number.Length <= MaxBytes && TryParse(number, out value);
    }

    /// <param name="number">A number of JSON's grammar, at most <see cref="MaxBytes"/> long.</param>
    /// <param name="value">The integer.</param>
    public static bool TryParse(ReadOnlySpan<byte> number, out long value)
    {
        value = 0;
        bool negative = number[0] == '-';
        if (negative) number = number[1..];
        int e = number.IndexOfAny((byte)'e', (byte)'E');
        ReadOnlySpan<byte> mantissa = e < 0 ? number : number[..e];
        if (!TryParseExponent(e < 0 ? default : number[(e + 1)..], out int exponent)) return false;
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
        if (digits.IsEmpty) return true;
        if (wholeDigits < digits.Length || wholeDigits > MaxDigits) return false;
        for (int i = 0; i < wholeDigits; i++) value = (value * 10) + (i < digits.Length ? digits[i] - '0' : 0);
        if (value > Max) return false;
        if (negative) value = -value;
        return true;
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
