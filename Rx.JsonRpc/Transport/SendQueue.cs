using System.Buffers;
using System.IO.Pipelines;

namespace Rx.JsonRpc.Transport;

/// <summary>Frames that wait for the writer: their bytes back to back, and where each ends. Not thread-safe; the sender's lock guards it.</summary>
internal sealed class SendQueue
{
    // A burst may leave large arrays behind; beyond this they are given back once it is written.
    private const int KeptBytes = 256 * 1024;
    private const int KeptFrames = 4096;
    private const int FirstFrames = 16;

    private byte[] _bytes = [];
    private (IOutgoing? Outgoing, int Length)[] _frames = new (IOutgoing?, int)[FirstFrames];
    private int _asked;

    public int Bytes { get; private set; }

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> netstring, IOutgoing? outgoing)
    {
        if (_bytes.Length - Bytes < netstring.Length) Grow(netstring.Length);
        if (Count == _frames.Length) Array.Resize(ref _frames, Count * 2);
        netstring.CopyTo(_bytes.AsSpan(Bytes));
        Bytes += netstring.Length;
        _frames[Count++] = (outgoing, netstring.Length);
    }

    /// <summary>Writes every frame that its sender still wants sent; runs of them are copied at once.</summary>
    public void HandOver(PipeWriter output)
    {
        int start = 0;
        int end = 0;
        while (_asked < Count)
        {
            (IOutgoing? outgoing, int length) = _frames[_asked++];
            if (outgoing is null || outgoing.TryHandOver())
            {
                end += length;
                continue;
            }
            Write(output, _bytes.AsSpan(start..end));
            end += length;
            start = end;
        }
        Write(output, _bytes.AsSpan(start..end));
    }

    /// <summary>Tells every frame that was not asked for that it never will be.</summary>
    public void Drop()
    {
        while (_asked < Count) _frames[_asked++].Outgoing?.Dropped();
        Clear();
    }

    public void Clear()
    {
        if (_frames.Length > KeptFrames) _frames = new (IOutgoing?, int)[FirstFrames];
        else Array.Clear(_frames, 0, Count);
        Count = 0;
        Bytes = 0;
        _asked = 0;
        if (_bytes.Length <= KeptBytes) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private static void Write(PipeWriter output, ReadOnlySpan<byte> bytes)
    {
        try
        {
            output.Write(bytes);
        }
        catch (Exception ended) when (ended is ArgumentOutOfRangeException or InvalidOperationException)
        {
            // The pipe of a socket completes its output itself when a send fails, also between GetSpan and Advance. It then reports a wrong
            // use of it.
            throw new IOException("the connection ended while it was written to", ended);
        }
    }

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Bytes + needed, 4096));
        _bytes.AsSpan(0, Bytes).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
