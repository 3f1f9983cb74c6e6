using System.Buffers;
using CsCheck;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc.Tests.Servers;

public class PendingRequestsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1024)]
    [InlineData(1025)]
    public void TryAdd_AtCapacity_IsFullUntilOneLeaves(int capacity)
    {
        var table = new PendingRequests(capacity);
        Entry[] entries = [.. Enumerable.Range(0, capacity).Select(_ => new Entry())];
        Assert.All(entries, entry => Assert.Equal(Admission.Admitted, table.TryAdd(entry)));
        Assert.Equal(capacity, entries.Select(entry => entry.Id).Distinct().Count());

        Assert.Equal(Admission.Full, table.TryAdd(new Entry()));
        Assert.True(table.TryRemove(entries[^1]));
        Assert.Equal(Admission.Admitted, table.TryAdd(new Entry()));
        Assert.Equal(capacity, table.Count);
    }

    [Fact]
    public void Take_SameIdTwice_GivesItOnceAndThenCallsItLate()
    {
        var table = new PendingRequests(16);
        var entry = new Entry();
        table.TryAdd(entry);

        Assert.Same(entry, table.Take(entry.Id, out _));
        Assert.Null(table.Take(entry.Id, out DropReason reason));
        Assert.Equal(DropReason.LateReply, reason);
    }

    [Fact]
    public void Take_LateReplyToAnEarlierUseOfTheSlot_NeverGivesTheNewRequest()
    {
        var table = new PendingRequests(1);
        var early = new Entry();
        table.TryAdd(early);
        table.TryRemove(early);
        var present = new Entry();
        table.TryAdd(present);

        Assert.Null(table.Take(early.Id, out DropReason reason));
        Assert.Equal(DropReason.LateReply, reason);
        Assert.Same(present, table.Take(present.Id, out _));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData((1L << 53) - 1)]
    [InlineData(long.MaxValue)]
    public void Take_IdNeverGiven_IsUnknown(long id)
    {
        var table = new PendingRequests(16);
        Assert.Null(table.Take(id, out DropReason reason));
        Assert.Equal(DropReason.UnknownId, reason);
    }

    [Fact]
    public void Take_NextGenerationOfAUsedSlot_IsUnknown()
    {
        var table = new PendingRequests(1);
        var entry = new Entry();
        table.TryAdd(entry);

        Assert.Null(table.Take(entry.Id + 2, out DropReason reason));
        Assert.Equal(DropReason.UnknownId, reason);
    }

    [Fact]
    public void Take_BeforeTheFirstGenerationOfAUsedSlot_IsUnknown()
    {
        var table = new PendingRequests(1);
        var entry = new Entry();
        table.TryAdd(entry);

        Assert.Null(table.Take(entry.Id - 2, out DropReason reason));
        Assert.Equal(DropReason.UnknownId, reason);
    }

    [Fact]
    public void CloseAndTakeAll_GivesEachOnceAndAdmitsNoMore()
    {
        var table = new PendingRequests(2000);
        Entry[] entries = [.. Enumerable.Range(0, 1500).Select(_ => new Entry())];
        foreach (Entry entry in entries) table.TryAdd(entry);
        table.TryRemove(entries[7]);

        Assert.Equal(entries.Except([entries[7]]), table.CloseAndTakeAll().Cast<Entry>(), ReferenceEqualityComparer.Instance);
        Assert.Equal(Admission.Closed, table.TryAdd(new Entry()));
        Assert.Empty(table.CloseAndTakeAll());
    }

    [Fact]
    public void TryRemove_NeverAdded_IsFalse() => Assert.False(new PendingRequests(4).TryRemove(new Entry()));

    [Fact]
    public void Table_RandomSteps_BehavesAsADictionary() =>
        Gen.Int[0, 9].Array[0, 200].Sample(steps =>
        {
            var table = new PendingRequests(5);
            var model = new Dictionary<long, Entry>();
            var gone = new List<Entry>();
            foreach (int step in steps)
            {
                if (step < 5)
                {
                    var entry = new Entry();
                    Assert.Equal(model.Count == 5 ? Admission.Full : Admission.Admitted, table.TryAdd(entry));
                    if (model.Count < 5) model.Add(entry.Id, entry);
                }
                else if (step < 8 && model.Count > 0)
                {
                    Entry entry = model.Values.ElementAt(step % model.Count);
                    if (step == 5) Assert.True(table.TryRemove(entry));
                    else Assert.Same(entry, table.Take(entry.Id, out _));
                    model.Remove(entry.Id);
                    gone.Add(entry);
                }
                else if (gone.Count > 0)
                {
                    Assert.Null(table.Take(gone[step % gone.Count].Id, out _));
                    Assert.False(table.TryRemove(gone[^1]));
                }
                Assert.Equal(model.Count, table.Count);
            }
        });

    [Fact]
    public async Task Table_RepliesAndCancelsRace_EachRequestHasOneWinner()
    {
        const int Rounds = 200;
        const int Each = 100;
        var table = new PendingRequests(64);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            Entry[] entries = [.. Enumerable.Range(0, 60).Select(_ => new Entry())];
            foreach (Entry entry in entries) Assert.Equal(Admission.Admitted, table.TryAdd(entry));
            using var start = new Barrier(3);
            Task replies = Task.Run(() =>
            {
                start.SignalAndWait();
                foreach (Entry entry in entries) table.Take(entry.Id, out _)?.OnLost(new IOException());
            });
            Task cancels = Task.Run(() =>
            {
                start.SignalAndWait();
                foreach (Entry entry in entries) if (table.TryRemove(entry)) entry.OnLost(new IOException());
            });
            Task adds = Task.Run(() =>
            {
                start.SignalAndWait();
                for (int i = 0; i < Each; i++)
                {
                    var entry = new Entry();
                    if (table.TryAdd(entry) == Admission.Full) refused++;
                    else Assert.True(table.TryRemove(entry));
                }
            });
            await Task.WhenAll(replies, cancels, adds).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.All(entries, entry => Assert.Equal(1, entry.Won));
            Assert.Equal(0, table.Count);
        }
        // The free list has lost no slot and given none twice.
        Entry[] last = [.. Enumerable.Range(0, 64).Select(_ => new Entry())];
        Assert.All(last, entry => Assert.Equal(Admission.Admitted, table.TryAdd(entry)));
        Assert.Equal(64, last.Select(entry => entry.Id).Distinct().Count());
        Assert.Equal(Admission.Full, table.TryAdd(new Entry()));
        Assert.InRange(refused, 0, Rounds * Each);
    }

    [Fact]
    public async Task Table_AddsRaceWithClosing_NobodyIsLeftBehind()
    {
        for (int round = 0; round < 2000; round++)
        {
            var table = new PendingRequests(64);
            Entry[] entries = [.. Enumerable.Range(0, 20).Select(_ => new Entry())];
            var admitted = new bool[entries.Length];
            using var start = new Barrier(2);
            Task adds = Task.Run(() =>
            {
                start.SignalAndWait();
                for (int i = 0; i < entries.Length; i++) admitted[i] = table.TryAdd(entries[i]) == Admission.Admitted;
            });
            start.SignalAndWait();
            foreach (PendingRequest request in table.CloseAndTakeAll()) request.OnLost(new IOException());
            await adds.WaitAsync(TimeSpan.FromSeconds(30));
            // Whoever was admitted hears of the end from the sweep; whoever was not knows at once. Nobody gets both or neither.
            for (int i = 0; i < entries.Length; i++) Assert.Equal(admitted[i] ? 1 : 0, entries[i].Won);
        }
    }

    private sealed class Entry : PendingRequest
    {
        private int _won;

        public int Won => Volatile.Read(ref _won);

        public override bool HasLeft => true;

        public override void OnResult(in ReadOnlySequence<byte> json) => Interlocked.Increment(ref _won);

        public override void OnErrorReply(JsonRpcError error) => Interlocked.Increment(ref _won);

        public override void OnUnusable(string why) => Interlocked.Increment(ref _won);

        public override void OnLost(Exception failure) => Interlocked.Increment(ref _won);

        public override bool TryHandOver() => true;

        public override void Dropped()
        {
        }
    }
}
