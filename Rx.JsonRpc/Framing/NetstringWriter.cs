using System.Buffers;
using System.Globalization;

namespace Rx.JsonRpc.Framing;

/// <summary>Writes netstrings: <c>hello</c> becomes <c>5:hello,</c>.</summary>
public static class NetstringWriter
{
    /// <summary>The most bytes that a header takes: nine digits and the colon.</summary>
    public const int MaxHeaderBytes = MaxDigits + 1;

    /// <summary>The longest payload whose length can be written, in bytes.</summary>
    public const int MaxPayloadBytes = 999_999_999;

    internal const int MaxDigits = 9;

    /// <summary>Writes one payload as a frame.</summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="payload">The payload; at most <see cref="MaxPayloadBytes"/> long.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(output);
        ThrowIfTooLong(payload.Length);
        Span<byte> span = output.GetSpan(MaxHeaderBytes);
        payload.Length.TryFormat(span, out int digits, default, CultureInfo.InvariantCulture);
        span[digits] = (byte)':';
        int header = digits + 1;
        if (span.Length - header > payload.Length)
        {
            payload.CopyTo(span[header..]);
            span[header + payload.Length] = (byte)',';
            output.Advance(header + payload.Length + 1);
        }
        else
        {
            output.Advance(header);
            output.Write(payload);
            output.Write(","u8);
        }
    }

    internal static void ThrowIfTooLong(int payloadLength) =>
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadLength, MaxPayloadBytes);
}
