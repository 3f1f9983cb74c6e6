using System.IO.Pipelines;
using Rx.JsonRpc.Listening;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Listening;

public class ListenerTotalsTests
{
    // 1,024,000 of it are shared, and nothing is anybody's own.
    private readonly ListenerTotals _totals = new(
        new JsonRpcListenerOptions { MaxTotalBytes = 1_024_000, MaxConnections = 1 << 20, MaxTotalCalls = 1024 },
        new Continuations(PipeScheduler.Inline));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(15)]
    public void TryTake_ManyWantAll_EachHoldsAnEvenPartAndOneMoreIsLeft(int hogs)
    {
        ConnectionShare[] shares = [.. Enumerable.Range(0, hogs).Select(_ => Share())];
        bool any = true;
        while (any)
        {
            any = false;
            foreach (ConnectionShare share in shares) any |= _totals.TryTake(share, 1000);
        }

        long part = 1_024_000 / (hogs + 1);
        Assert.All(shares, share => Assert.InRange(share.Bytes, part - 1000, part));
        Assert.True(_totals.TryTake(Share(), part / 2));
    }

    [Fact]
    public void TryTake_Alone_HoldsOneFrameWhateverItsLength()
    {
        Assert.True(_totals.TryTake(Share(), 5_000_000));
        Assert.False(_totals.TryTake(Share(), 1));
    }

    [Fact]
    public void TryTake_MoreThanHalfBesideALittle_FitsIfThereIsRoom()
    {
        Assert.True(_totals.TryTake(Share(), 1000));
        Assert.False(_totals.TryTake(Share(), 1_024_000));

        Assert.True(_totals.TryTake(Share(), 1_023_000));
    }

    [Fact]
    public void TryTakeAtOnce_HoldsLessThanAnother_GetsWhatThereIsOnce()
    {
        ConnectionShare most = Share();
        Assert.True(_totals.TryTake(most, 400_000));
        ConnectionShare share = Share();
        Assert.False(_totals.TryTake(share, 450_000));

        Assert.True(_totals.TryTakeAtOnce(share, 450_000));

        // Now it holds most itself.
        Assert.False(_totals.TryTakeAtOnce(share, 100_000));
        Assert.True(_totals.TryTakeAtOnce(most, 100_000));
        Assert.False(_totals.TryTakeAtOnce(Share(), 100_000));
    }

    [Fact]
    public void End_OfAShare_GivesBackAllThatItHeld()
    {
        ConnectionShare share = Share();
        Assert.True(_totals.TryTake(share, 5000, 7));
        Assert.Same(share, _totals.Largest());

        share.End();

        Assert.Equal((0, 0), (_totals.Bytes, _totals.Calls));
        Assert.Null(_totals.Largest());
        Assert.False(_totals.TryTake(share, 1));
        _totals.Give(share, 1);
        Assert.Equal(0, _totals.Bytes);
    }

    [Fact]
    public void TryReceive_NoRoom_WokenInTheOrderOfComingWhenThereIs()
    {
        ConnectionShare holder = Share();
        Assert.True(_totals.TryTake(holder, 500_000));
        var woken = new List<int>();
        ConnectionShare[] waiting = [.. Enumerable.Range(0, 3).Select(_ => Share())];
        for (int i = 0; i < 3; i++)
        {
            int number = i;
            Assert.False(waiting[i].TryReceive(300_000, () => woken.Add(number)));
        }
        _totals.WakeWaiting();
        Assert.Empty(woken);

        waiting[1].End();
        _totals.Give(holder, 500_000);
        holder.WakeOthers();

        Assert.Equal([0, 2], woken);
        waiting[0].Received();
        waiting[2].Received();
        Assert.Equal(0, _totals.Bytes);
    }

    [Fact]
    public void TryTakeCalls_OfAFrameThatWasReceived_PassesItsBytesOn()
    {
        ConnectionShare share = Share();
        Assert.True(share.TryReceive(400_000, () => { }));
        long held = _totals.Bytes;
        Assert.True(_totals.TryTake(Share(), 200_000));

        Assert.True(share.TryTakeCalls(400_000, 1));

        Assert.Equal(held + 200_000, _totals.Bytes);
        share.Received();
        Assert.InRange(_totals.Bytes, 600_000, 601_000);
        share.GiveCalls(400_000, 1);
        Assert.Equal(200_000, _totals.Bytes);
    }

    private ConnectionShare Share() => new(_totals, null!);
}
