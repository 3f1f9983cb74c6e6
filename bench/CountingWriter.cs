using System.Buffers;

namespace Rx.JsonRpc.Bench;

/// <summary>Counts what is written and forgets it.</summary>
internal sealed class CountingWriter : IBufferWriter<byte>
{
    private byte[] _scratch = new byte[16 * 1024];

    public int Count { get; private set; }

    public void Reset() => Count = 0;

    public void Advance(int count) => Count += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => Scratch(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => Scratch(sizeHint);

    private byte[] Scratch(int sizeHint)
    {
        if (sizeHint > _scratch.Length) _scratch = new byte[sizeHint];
        return _scratch;
    }
}
