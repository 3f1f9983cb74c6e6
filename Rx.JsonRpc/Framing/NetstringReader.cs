using System.Buffers;
using System.Runtime.CompilerServices;

namespace Rx.JsonRpc.Framing;

/// <summary>Reads netstrings (<c>5:hello,</c>) out of a buffer at any segmentation, without copying.</summary>
/// <remarks>Each call looks at the length, and at the comma once the whole frame is there; the payload is never looked at.</remarks>
public static class NetstringReader
{
    /// <summary>Takes the frame off the start of the buffer, if it is there as a whole.</summary>
    /// <param name="buffer">Bytes of the stream; on <see cref="NetstringStatus.Frame"/> advanced past the frame, otherwise untouched.</param>
    /// <param name="maxFrameBytes">The longest payload that is accepted; a longer one is refused as soon as its digits tell.</param>
    /// <param name="payload">The frame's payload, a slice of the buffer and valid for as long; otherwise empty.</param>
    /// <param name="violation">What is wrong on <see cref="NetstringStatus.Violation"/>; otherwise default.</param>
    /// <returns>What the buffer holds.</returns>
    public static NetstringStatus Read(
        ref ReadOnlySequence<byte> buffer, int maxFrameBytes, out ReadOnlySequence<byte> payload, out NetstringViolation violation)
    {
        payload = default;
        ReadOnlySpan<byte> first = buffer.FirstSpan;
        NetstringStatus status = first.Length >= NetstringWriter.MaxHeaderBytes || buffer.IsSingleSegment
            ? ReadHeader(first, maxFrameBytes, out int length, out int headerBytes, out violation)
            : ReadSplitHeader(buffer, maxFrameBytes, out length, out headerBytes, out violation);
        if (status != NetstringStatus.Frame) return status;
        int comma = headerBytes + length;
        if (buffer.Length <= comma) return NetstringStatus.Partial;

        ReadOnlySequence<byte> body = buffer.Slice(headerBytes, length);
        ReadOnlySequence<byte> rest = buffer.Slice(body.End);
        byte trailer = comma < first.Length ? first[comma] : FirstByte(rest);
        if (trailer != ',') return Violate(NetstringFault.MissingComma, comma, trailer, out violation);
        payload = body;
        buffer = rest.Slice(1);
        return NetstringStatus.Frame;
    }

    /// <summary>Reads the header alone, whatever the length: for a frame above the limit.</summary>
    internal static NetstringStatus ReadLength(
        in ReadOnlySequence<byte> buffer, out int length, out int headerBytes, out NetstringViolation violation) =>
        ReadSplitHeader(buffer, NetstringWriter.MaxPayloadBytes, out length, out headerBytes, out violation);

    private static NetstringStatus ReadHeader(
        ReadOnlySpan<byte> bytes, int maxFrameBytes, out int length, out int headerBytes, out NetstringViolation violation)
    {
        violation = default;
        length = 0;
        headerBytes = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte found = bytes[i];
            int digit = found - '0';
            if (found == ':' && i > 0)
            {
                headerBytes = i + 1;
                return NetstringStatus.Frame;
            }
            if (found == ':') return Violate(NetstringFault.NoLength, i, found, out violation);
            if ((uint)digit > 9) return Violate(NetstringFault.NotADigit, i, found, out violation);
            if (i == NetstringWriter.MaxDigits) return Violate(NetstringFault.TooManyDigits, i, found, out violation);
            if (i > 0 && length == 0) return Violate(NetstringFault.LeadingZero, i, found, out violation);
            length = (length * 10) + digit;
            if (length > maxFrameBytes) return Violate(NetstringFault.TooLong, i, found, out violation);
        }
        return NetstringStatus.Partial;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static NetstringStatus ReadSplitHeader(
        in ReadOnlySequence<byte> buffer, int maxFrameBytes, out int length, out int headerBytes, out NetstringViolation violation)
    {
        Span<byte> header = stackalloc byte[NetstringWriter.MaxHeaderBytes];
        ReadOnlySequence<byte> start = buffer.Slice(0, Math.Min(buffer.Length, header.Length));
        start.CopyTo(header);
        return ReadHeader(header[..(int)start.Length], maxFrameBytes, out length, out headerBytes, out violation);
    }

    private static NetstringStatus Violate(NetstringFault fault, int offset, byte found, out NetstringViolation violation)
    {
        violation = new NetstringViolation(fault, offset, found);
        return NetstringStatus.Violation;
    }

    internal static byte FirstByte(in ReadOnlySequence<byte> bytes)
    {
        foreach (ReadOnlyMemory<byte> segment in bytes)
        {
            if (!segment.IsEmpty) return segment.Span[0];
        }
        return 0;
    }
}
