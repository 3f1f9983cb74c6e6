using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Operators;

public class WithinTests
{
    private readonly TestScheduler _scheduler = new();

    [Fact]
    public void Within_EndsInTime_PassesEverything()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnNext(10, 1), OnNext(20, 2), OnCompleted<int>(30));

        ITestableObserver<int> seen = _scheduler.Start(() => source.Within(Ticks(50), _scheduler).CheckGrammar());

        Assert.Equal([OnNext(210, 1), OnNext(220, 2), OnCompleted<int>(230)], seen.Messages);
        Assert.Equal([Subscribed(200, 230)], source.Subscriptions);
    }

    [Fact]
    public void Within_SourceFails_PassesTheFailure()
    {
        var failure = new IOException();
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnError<int>(30, failure));

        ITestableObserver<int> seen = _scheduler.Start(() => source.Within(Ticks(50), _scheduler));

        Assert.Equal([OnError<int>(230, failure)], seen.Messages);
        Assert.Equal([Subscribed(200, 230)], source.Subscriptions);
    }

    [Fact]
    public void Within_EmptySource_Completes()
    {
        ITestableObserver<int> seen = _scheduler.Start(() => Observable.Empty<int>().Within(Ticks(50), _scheduler));

        Assert.Equal([OnCompleted<int>(200)], seen.Messages);
    }

    [Fact]
    public void Within_ValuesKeepComing_IsNotRearmed()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnNext(10, 1), OnNext(40, 2), OnNext(60, 3));

        ITestableObserver<int> seen = _scheduler.Start(() => source.Within(Ticks(50), _scheduler));

        Assert.Equal([OnNext(210, 1), OnNext(240, 2)], seen.Messages.Take(2));
        Assert.Equal(250, seen.Messages[2].Time);
        Assert.Contains($"{Ticks(50)}", Assert.IsType<TimeoutException>(seen.Messages[2].Value.Exception).Message);
        Assert.Equal(3, seen.Messages.Count);
        Assert.Equal([Subscribed(200, 250)], source.Subscriptions);
    }

    [Fact]
    public void Within_Due_DisposesTheSourceBeforeItFails()
    {
        var order = new List<string>();
        IObservable<int> source = Observable.Create<int>(_ => () => order.Add("disposed"));

        using IDisposable subscription = source.Within(Ticks(5), _scheduler).Subscribe(_ => { }, _ => order.Add("failed"));
        _scheduler.AdvanceBy(5);

        Assert.Equal(["disposed", "failed"], order);
    }

    [Fact]
    public void Within_HotSourceDisposedInTheMiddle_StopsBoth()
    {
        ITestableObservable<int> source = _scheduler.CreateHotObservable(OnNext(210, 1), OnNext(230, 2));

        ITestableObserver<int> seen = _scheduler.Start(() => source.Within(Ticks(50), _scheduler), 100, 200, 220);

        Assert.Equal([OnNext(210, 1)], seen.Messages);
        Assert.Equal([Subscribed(200, 220)], source.Subscriptions);
    }

    [Fact]
    public void Within_TwoSubscriptions_HaveTheirOwnTimers()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable<int>();
        IObservable<int> bounded = source.Within(Ticks(50), _scheduler);
        ITestableObserver<int> first = _scheduler.CreateObserver<int>();
        ITestableObserver<int> second = _scheduler.CreateObserver<int>();

        bounded.Subscribe(first);
        _scheduler.AdvanceBy(20);
        bounded.Subscribe(second);
        _scheduler.Start();

        Assert.Equal([50L, 70L], [first.Messages.Single().Time, second.Messages.Single().Time]);
        Assert.NotSame(first.Messages[0].Value.Exception, second.Messages[0].Value.Exception);
        Assert.Equal([Subscribed(0, 50), Subscribed(20, 70)], source.Subscriptions);
    }

    [Fact]
    public void Within_SynchronousSource_DisposesTheTimer()
    {
        var clock = new CountingScheduler();

        Assert.Equal([7], Observable.Return(7).Within(Ticks(50), clock).ToEnumerable());

        Assert.Equal((1, 1), (clock.Armed, clock.Disposed));
    }

    [Fact]
    public void Within_SubscribeThrows_DisposesTheTimer()
    {
        var clock = new CountingScheduler();
        var source = new RawObservable<int>(_ => throw new IOException());

        Assert.Throws<IOException>(() => source.Within(Ticks(50), clock).Subscribe(new GrammarObserver<int>()));

        Assert.Equal((1, 1), (clock.Armed, clock.Disposed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Within_NoTimeLeft_FailsAtOnceWithoutSubscribing(long ticks)
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnNext(1, 1));

        ITestableObserver<int> seen = _scheduler.Start(() => source.Within(Ticks(ticks), _scheduler));

        Assert.Equal(200, seen.Messages.Single().Time);
        Assert.IsType<TimeoutException>(seen.Messages[0].Value.Exception);
        Assert.Empty(source.Subscriptions);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-TimeSpan.TicksPerMillisecond)]
    public void Within_NoBound_ArmsNoTimer(long ticks)
    {
        var clock = new CountingScheduler();

        Assert.Equal([7], Observable.Return(7).Within(Ticks(ticks), clock).ToEnumerable());

        Assert.Equal(0, clock.Armed);
    }

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);
}
