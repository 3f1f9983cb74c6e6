using System.Buffers;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

public class ClosingTableTests
{
    [Fact]
    public void CloseWhenEmpty_EmptyTable_ClosesAtOnce()
    {
        var table = new PendingRequests(16);
        int closed = 0;
        table.CloseWhenEmpty(() => closed++);
        Assert.Equal(1, closed);
        Assert.Equal(Admission.Closed, table.TryAdd(new Entry()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CloseWhenEmpty_AnyOrderOfRemovals_ClosesOnceAtTheLast(bool backwards)
    {
        var table = new PendingRequests(3_000);
        Entry[] entries = [.. Enumerable.Range(0, 2_500).Select(_ => new Entry())];
        foreach (Entry entry in entries) table.TryAdd(entry);
        int closed = 0;
        table.CloseWhenEmpty(() => closed++);
        if (backwards) Array.Reverse(entries);

        foreach (Entry entry in entries[1..])
        {
            Assert.True(table.TryRemove(entry));
            Assert.Equal(0, closed);
        }
        Assert.True(table.TryRemove(entries[0]));

        Assert.Equal(1, closed);
        Assert.Equal(Admission.Closed, table.TryAdd(new Entry()));
    }

    [Fact]
    public void CloseWhenEmpty_SweptTable_IsToldToNobody()
    {
        var table = new PendingRequests(16);
        table.TryAdd(new Entry());
        int closed = 0;
        table.CloseWhenEmpty(() => closed++);
        Assert.Single(table.CloseAndTakeAll());
        Assert.Equal(0, closed);
    }

    [Fact]
    public void CloseWhenEmpty_RacesWithTheLastRemoval_ClosesOnce() => Race.Run(
        5_000,
        () =>
        {
            var round = new Round();
            round.Table.TryAdd(round.First);
            return round;
        },
        round => round.Table.TryRemove(round.First),
        round => round.Table.CloseWhenEmpty(round.Close),
        round => Assert.Equal(1, round.Closed));

    [Fact]
    public void CloseWhenEmpty_RacesWithAnAdd_IsEitherRefusedOrWaitedFor() => Race.Run(
        5_000,
        () => new Round(),
        round => round.Admission = round.Table.TryAdd(round.First),
        round => round.Table.CloseWhenEmpty(round.Close),
        round =>
        {
            if (round.Admission == Admission.Admitted)
            {
                Assert.Equal(0, round.Closed);
                Assert.True(round.Table.TryRemove(round.First));
            }
            Assert.Equal(1, round.Closed);
        });

    [Fact]
    public void Load_Counted_FollowsAddsAndRemovals()
    {
        var table = new PendingRequests(16, counts: true);
        var entry = new Entry();
        table.TryAdd(entry);
        table.TryAdd(new Entry());
        Assert.Equal(2, table.Load);
        table.TryRemove(entry);
        table.TryRemove(entry);
        Assert.Equal(1, table.Load);
    }

    private sealed class Round
    {
        private int _closed;

        public PendingRequests Table { get; } = new(16);

        public Entry First { get; } = new();

        public Admission Admission { get; set; }

        public int Closed => Volatile.Read(ref _closed);

        public void Close() => Interlocked.Increment(ref _closed);
    }

    private sealed class Entry : PendingRequest
    {
        public override bool HasLeft => true;

        public override void OnResult(in ReadOnlySequence<byte> json)
        {
        }

        public override void OnErrorReply(JsonRpcError error)
        {
        }

        public override void OnUnusable(string why)
        {
        }

        public override void OnLost(Exception failure)
        {
        }

        public override bool TryHandOver() => true;

        public override void Dropped()
        {
        }
    }
}
