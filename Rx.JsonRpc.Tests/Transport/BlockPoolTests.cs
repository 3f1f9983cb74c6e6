using System.Buffers;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class BlockPoolTests
{
    private readonly BlockPool _pool = new();

    [Fact]
    public void Rent_AfterReturn_GivesTheSameBlock()
    {
        IMemoryOwner<byte> first = _pool.Rent();
        first.Dispose();

        Assert.Same(first, _pool.Rent(BlockPool.BlockBytes));
    }

    [Fact]
    public void Rent_NothingReturned_GivesAnotherBlock() => Assert.NotSame(_pool.Rent(), _pool.Rent());

    [Fact]
    public void Return_LargeBurst_KeepsOnlyAFew()
    {
        IMemoryOwner<byte>[] burst = [.. Enumerable.Range(0, 100).Select(_ => _pool.Rent())];
        foreach (IMemoryOwner<byte> block in burst) block.Dispose();

        Assert.Equal(8, Enumerable.Range(0, 100).Select(_ => _pool.Rent()).Intersect(burst).Count());
    }
}
