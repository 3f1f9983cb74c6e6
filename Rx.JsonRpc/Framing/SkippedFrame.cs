using System.Buffers;

namespace Rx.JsonRpc.Framing;

/// <summary>A frame above the limit. Its payload passes by; only the beginning and the end are kept.</summary>
internal sealed class SkippedFrame
{
    /// <summary>How many bytes are kept of each: enough for the members that stand beside a large one.</summary>
    internal const int KeptBytes = 256;

    private readonly byte[] _head;
    private readonly byte[] _tail;
    private readonly int _headerBytes;
    private int _taken;

    /// <param name="length">The payload's length, from the header.</param>
    /// <param name="headerBytes">The header's length.</param>
    public SkippedFrame(int length, int headerBytes)
    {
        Length = length;
        _headerBytes = headerBytes;
        _head = new byte[Math.Min(length, KeptBytes)];
        _tail = new byte[_head.Length];
    }

    /// <summary>The payload's length in bytes.</summary>
    public int Length { get; }

    /// <summary>The first bytes of the payload; all of them if it is no longer than that.</summary>
    public ReadOnlySpan<byte> Head => _head;

    /// <summary>The last bytes of the payload.</summary>
    public ReadOnlySpan<byte> Tail => _tail;

    /// <summary>Takes what has come of the frame off the start of the buffer.</summary>
    /// <returns><see cref="NetstringStatus.Frame"/> once the whole frame has passed.</returns>
    public NetstringStatus Take(ref ReadOnlySequence<byte> buffer, out NetstringViolation violation)
    {
        violation = default;
        long count = Math.Min(Length - _taken, buffer.Length);
        foreach (ReadOnlyMemory<byte> piece in buffer.Slice(0, count)) Keep(piece.Span);
        buffer = buffer.Slice(count);
        if (buffer.IsEmpty) return NetstringStatus.Partial;
        byte trailer = NetstringReader.FirstByte(buffer);
        if (trailer != ',')
        {
            violation = new NetstringViolation(NetstringFault.MissingComma, _headerBytes + Length, trailer);
            return NetstringStatus.Violation;
        }
        buffer = buffer.Slice(1);
        return NetstringStatus.Frame;
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        if (_taken < _head.Length) piece[..Math.Min(piece.Length, _head.Length - _taken)].CopyTo(_head.AsSpan(_taken));
        _taken += piece.Length;
        if (piece.Length > _tail.Length) piece = piece[^_tail.Length..];
        _tail.AsSpan(piece.Length).CopyTo(_tail);
        piece.CopyTo(_tail.AsSpan(_tail.Length - piece.Length));
    }
}
