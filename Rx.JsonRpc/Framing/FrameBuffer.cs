using System.Buffers;
using System.Globalization;

namespace Rx.JsonRpc.Framing;

/// <summary>
/// A reusable piece of contiguous memory into which one payload is written. It keeps room for the netstring's header in front, so that
/// the length, known only at the end, is put before the payload without moving it.
/// </summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    internal const int KeptBytes = 64 * 1024;

    private const int FirstBytes = 4 * 1024;
    private const int HeadBytes = NetstringWriter.MaxHeaderBytes;
    private const int CommaBytes = 1;

    [ThreadStatic]
    private static FrameBuffer? _spare;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _end = HeadBytes;

    public int PayloadLength => _end - HeadBytes;

    public ReadOnlySpan<byte> Payload => _bytes.AsSpan(HeadBytes, PayloadLength);

    internal int Capacity => _bytes.Length;

    /// <summary>
    /// Takes the thread's buffer. It leaves its place until <see cref="Return"/>, so a send that begins while another is being written
    /// on the same thread gets one of its own.
    /// </summary>
    public static FrameBuffer Rent()
    {
        FrameBuffer buffer = _spare ?? new FrameBuffer();
        _spare = null;
        return buffer;
    }

    /// <summary>Gives a buffer back, on any thread; it must not be used afterwards.</summary>
    public static void Return(FrameBuffer buffer)
    {
        if (_spare is null)
        {
            buffer.Reset();
            _spare = buffer;
        }
        else if (_spare != buffer)
        {
            byte[] bytes = buffer._bytes;
            buffer._bytes = [];
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Forgets the payload, and the memory too if it has grown large.</summary>
    public void Reset()
    {
        _end = HeadBytes;
        if (_bytes.Length <= KeptBytes) return;
        byte[] large = _bytes;
        _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
        ArrayPool<byte>.Shared.Return(large);
    }

    /// <summary>Takes the payload back to an earlier length.</summary>
    public void Truncate(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)payloadLength, (uint)PayloadLength);
        _end = HeadBytes + payloadLength;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        EnsureRoom(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>The payload as a netstring; valid until the buffer is written to, reset or returned.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        int length = PayloadLength;
        NetstringWriter.ThrowIfTooLong(length);
        Span<byte> digits = stackalloc byte[NetstringWriter.MaxDigits];
        length.TryFormat(digits, out int count, default, CultureInfo.InvariantCulture);
        int start = HeadBytes - 1 - count;
        digits[..count].CopyTo(_bytes.AsSpan(start));
        _bytes[HeadBytes - 1] = (byte)':';
        _bytes[_end] = (byte)',';
        return _bytes.AsSpan(start, _end + CommaBytes - start);
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - CommaBytes - _end), nameof(count));
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_end, _bytes.Length - CommaBytes - _end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_end, _bytes.Length - CommaBytes - _end);
    }

    private void EnsureRoom(int count)
    {
        if (count > _bytes.Length - CommaBytes - _end) Grow(count);
    }

    private void Grow(int count)
    {
        long needed = (long)_end + count + CommaBytes;
        if (needed > Array.MaxLength) throw new OutOfMemoryException($"a payload of {needed} bytes does not fit into one array");
        int size = (int)Math.Min(Math.Max(needed, 2L * _bytes.Length), Array.MaxLength);
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        Payload.CopyTo(larger.AsSpan(HeadBytes));
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
