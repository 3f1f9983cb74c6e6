using System.Buffers;

namespace Rx.JsonRpc.Transport;

/// <summary>The send buffers of one connection, never shared with another.</summary>
/// <remarks>
/// When a send fails, the socket pipe gives all its buffers back while a writer on another thread may still be copying into one of them.
/// From a shared pool that buffer could by then belong to somebody else; here it belongs to a dead connection.
/// </remarks>
internal sealed class BlockPool : MemoryPool<byte>
{
    /// <summary>The size of every block.</summary>
    public const int BlockBytes = 16 * 1024;

    // What a busy connection has under way at its pause threshold, twice over; a larger burst is left to the garbage collector.
    private const int KeptBlocks = 8;

    private readonly Lock _gate = new();
    private readonly Stack<Block> _free = new(KeptBlocks);

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        lock (_gate)
        {
            if (_free.TryPop(out Block? block)) return block;
        }
        return new Block(this);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        lock (_gate)
        {
            if (_free.Count < KeptBlocks) _free.Push(block);
        }
    }

    private sealed class Block : IMemoryOwner<byte>
    {
        private readonly BlockPool _pool;

        public Block(BlockPool pool)
        {
            _pool = pool;
            Memory = GC.AllocateUninitializedArray<byte>(BlockBytes);
        }

        public Memory<byte> Memory { get; }

        public void Dispose() => _pool.Return(this);
    }
}
