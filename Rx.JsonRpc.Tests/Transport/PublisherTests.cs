using System.IO.Pipelines;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class PublisherTests
{
    [Fact]
    public void TryPublish_FromInsideOnNext_ComesNextAndNotInside()
    {
        Publisher<int> publisher = Inline();
        var seen = new List<int>();
        publisher.CheckGrammar().Subscribe(value =>
        {
            seen.Add(value);
            if (value < 1000) publisher.TryPublish(value + 1);
        });
        publisher.TryPublish(0);
        Assert.Equal(Enumerable.Range(0, 1001), seen);
    }

    [Fact]
    public void TryAdd_BoundReached_DropsTheNewest()
    {
        Publisher<int> publisher = Inline(most: 2);
        var seen = new List<int>();
        publisher.Subscribe(seen.Add);
        Assert.Equal([true, true, false], new[] { 1, 2, 3 }.Select(publisher.TryAdd));
        publisher.Flush();
        Assert.True(publisher.TryPublish(4));
        Assert.Equal([1, 2, 4], seen);
    }

    [Fact]
    public void TryAdd_NobodyObserves_NothingIsKept()
    {
        Publisher<int> publisher = Inline(most: 1);
        Assert.Equal([true, true, true], new[] { 1, 2, 3 }.Select(publisher.TryAdd));
        var seen = new List<int>();
        publisher.Subscribe(seen.Add);
        publisher.TryPublish(4);
        Assert.Equal([4], seen);
    }

    [Fact]
    public void Complete_ValuesWait_ComesAfterThem()
    {
        Publisher<int> publisher = Inline();
        var seen = new List<string>();
        publisher.CheckGrammar().Subscribe(value => seen.Add($"{value}"), () => seen.Add("end"));
        publisher.TryAdd(1);
        publisher.TryAdd(2);
        Task delivered = publisher.Complete();
        publisher.TryPublish(3);
        Assert.Equal(["1", "2", "end"], seen);
        Assert.True(delivered.IsCompletedSuccessfully);
    }

    [Fact]
    public void Complete_FromInsideOnNext_EndsOnce()
    {
        Publisher<int> publisher = Inline();
        int ends = 0;
        publisher.CheckGrammar().Subscribe(_ =>
        {
            publisher.Complete();
            publisher.Complete();
        }, () => ends++);
        publisher.TryPublish(1);
        Assert.Equal(1, ends);
    }

    [Fact]
    public void TryPublish_TwoThreads_EachValueIsDeliveredWithoutANextOne() => Race.Run(
        50_000,
        () =>
        {
            Publisher<int> publisher = Inline();
            var watch = new GrammarObserver<int>();
            publisher.Subscribe(watch);
            return (Publisher: publisher, Watch: watch);
        },
        round => round.Publisher.TryPublish(1),
        round => round.Publisher.TryPublish(2),
        round =>
        {
            Assert.Equal(2, round.Watch.Values);
            Assert.Empty(round.Watch.Faults);
        });

    private static Publisher<int> Inline(int most = 2000) => new(new Continuations(PipeScheduler.Inline), most, (_, _) => { });
}
