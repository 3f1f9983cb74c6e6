namespace Rx.JsonRpc.Recording;

/// <summary>The lines of a stream. A file that is no text must not be read into memory whole in search of a line's end.</summary>
internal sealed class BoundedLines(Stream stream, int longest)
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _begin;
    private int _end;
    private bool _over;

    /// <summary>The number of the line that was read last; the first is 1.</summary>
    public int Number { get; private set; }

    /// <summary>Reads a line without its end; it is borrowed until the next one is read.</summary>
    /// <exception cref="FormatException">The line is too long.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_begin + searched, _end - _begin - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = Take(searched + length, andItsEnd: 1);
                return true;
            }
            searched = _end - _begin;
            if (searched > longest) throw new FormatException($"line {Number + 1}: longer than {longest} bytes; expected one request a line");
            if (_over || !Fill())
            {
                line = Take(searched, andItsEnd: 0);
                return searched > 0;
            }
        }
    }

    private ReadOnlyMemory<byte> Take(int length, int andItsEnd)
    {
        ReadOnlyMemory<byte> line = _buffer.AsMemory(_begin, length);
        // Editors of some systems begin a file with a byte order mark.
        if (Number == 0 && line.Span.StartsWith("\uFEFF"u8)) line = line[3..];
        _begin += length + andItsEnd;
        Number++;
        return line;
    }

    private bool Fill()
    {
        if (_begin > 0)
        {
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
            _end -= _begin;
            _begin = 0;
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _over = read == 0;
        return !_over;
    }
}
