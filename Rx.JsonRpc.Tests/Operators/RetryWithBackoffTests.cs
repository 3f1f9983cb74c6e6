using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Operators;

public class RetryWithBackoffTests
{
    private static readonly Backoff TenTwentyForty = new() { First = TimeSpan.FromTicks(10), Max = TimeSpan.FromTicks(40), Jitter = false };

    private readonly TestScheduler _scheduler = new();
    private readonly IOException _lost = new("lost");

    [Fact]
    public void Retry_SourceFails_WaitsLongerEachTimeThenPassesTheLastFailure()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnNext(1, 7), OnError<int>(5, _lost));

        ITestableObserver<int> seen = _scheduler.Start(() => source.RetryWithBackoff(3, TenTwentyForty, _scheduler).CheckGrammar());

        Assert.Equal([Subscribed(200, 205), Subscribed(215, 220), Subscribed(240, 245), Subscribed(285, 290)], source.Subscriptions);
        Assert.Equal([OnNext(201, 7), OnNext(216, 7), OnNext(241, 7), OnNext(286, 7), OnError<int>(290, _lost)], seen.Messages);
    }

    [Fact]
    public void Retry_SourceCompletes_Passes()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnNext(1, 7), OnCompleted<int>(5));

        ITestableObserver<int> seen = _scheduler.Start(() => source.RetryWithBackoff(-1, TenTwentyForty, _scheduler));

        Assert.Equal([OnNext(201, 7), OnCompleted<int>(205)], seen.Messages);
        Assert.Equal([Subscribed(200, 205)], source.Subscriptions);
    }

    [Fact]
    public void Retry_EmptySource_Completes() =>
        Assert.Empty(Observable.Empty<int>().RetryWithBackoff(-1, Backoff.None, _scheduler).ToEnumerable());

    [Fact]
    public void Retry_ZeroRetries_PassesTheFirstFailure()
    {
        ITestableObservable<int> source = _scheduler.CreateHotObservable(OnError<int>(210, _lost));

        ITestableObserver<int> seen = _scheduler.Start(() => source.RetryWithBackoff(0, TenTwentyForty, _scheduler));

        Assert.Equal([OnError<int>(210, _lost)], seen.Messages);
        Assert.Equal([Subscribed(200, 210)], source.Subscriptions);
    }

    [Fact]
    public void Retry_NotThisFailure_PassesItAtOnce()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnError<int>(5, _lost));

        ITestableObserver<int> seen = _scheduler.Start(
            () => source.RetryWithBackoff(-1, TenTwentyForty, _scheduler, failure => failure is TimeoutException));

        Assert.Equal([OnError<int>(205, _lost)], seen.Messages);
    }

    [Fact]
    public void Retry_DisposedWhileWaiting_DoesNotSubscribeAgain()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnError<int>(5, _lost));

        ITestableObserver<int> seen = _scheduler.Start(() => source.RetryWithBackoff(-1, TenTwentyForty, _scheduler), 100, 200, 210);

        Assert.Empty(seen.Messages);
        Assert.Equal([Subscribed(200, 205)], source.Subscriptions);
    }

    [Fact]
    public void Retry_DisposedInTheMiddle_DisposesTheSource()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnNext(1, 7), OnError<int>(5, _lost));

        ITestableObserver<int> seen = _scheduler.Start(() => source.RetryWithBackoff(-1, TenTwentyForty, _scheduler), 100, 200, 217);

        Assert.Equal([OnNext(201, 7), OnNext(216, 7)], seen.Messages);
        Assert.Equal([Subscribed(200, 205), Subscribed(215, 217)], source.Subscriptions);
    }

    [Fact]
    public void Retry_DisposedWhileAWaitEnds_DisposesTheTimer()
    {
        var clock = new CountingScheduler();
        IDisposable subscription = RawObservable<int>.Failing(_lost).RetryWithBackoff(-1, TenTwentyForty, clock).Subscribe(_ => { });

        clock.Fire();
        subscription.Dispose();
        clock.Fire();

        Assert.Equal((2, 2), (clock.Armed, clock.Disposed));
    }

    [Fact]
    public void Retry_ResetOnValue_StartsCountingAnew()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnNext(1, 7), OnError<int>(5, _lost));

        _scheduler.Start(() => source.RetryWithBackoff(1, TenTwentyForty, _scheduler, resetOnValue: true), 100, 200, 250);

        Assert.Equal([Subscribed(200, 205), Subscribed(215, 220), Subscribed(230, 235), Subscribed(245, 250)], source.Subscriptions);
    }

    [Fact]
    public void Retry_TwoSubscriptions_CountAlone()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnError<int>(5, _lost));
        IObservable<int> retried = source.RetryWithBackoff(1, TenTwentyForty, _scheduler);
        ITestableObserver<int> one = _scheduler.CreateObserver<int>();
        ITestableObserver<int> two = _scheduler.CreateObserver<int>();

        retried.Subscribe(one);
        _scheduler.AdvanceTo(100);
        retried.Subscribe(two);
        _scheduler.Start();

        Assert.Equal([OnError<int>(20, _lost)], one.Messages);
        Assert.Equal([OnError<int>(120, _lost)], two.Messages);
        Assert.Equal([Subscribed(0, 5), Subscribed(15, 20), Subscribed(100, 105), Subscribed(115, 120)], source.Subscriptions);
    }

    [Fact]
    public void Retry_NoWaitAndSynchronousFailures_DoNotGrowTheStack()
    {
        RawObservable<int> source = RawObservable<int>.Failing(_lost);

        ITestableObserver<int> seen = _scheduler.Start(() => source.RetryWithBackoff(100_000, Backoff.None, _scheduler).CheckGrammar());

        Assert.Equal([OnError<int>(200, _lost)], seen.Messages);
        Assert.Equal(100_001, source.Subscriptions);
    }

    [Fact]
    public void Retry_NoWaitForEver_IsDisposableInTheMeantime()
    {
        IObserver<int>? first = null;
        IDisposable? subscription = null;
        var watch = new GrammarObserver<int>();
        int attempts = 0;
        var source = new RawObservable<int>(observer =>
        {
            if (attempts++ == 0) first = observer;
            else observer.OnError(_lost);
            if (attempts == 1000) subscription!.Dispose();
        });
        subscription = source.RetryWithBackoff(-1, Backoff.None, _scheduler).Subscribe(watch);

        first!.OnError(_lost);

        Assert.Equal(1000, source.Subscriptions);
        Assert.Equal((0, 0), (watch.Values, watch.Terminals));
    }

    [Fact]
    public void Retry_CallbacksThrow_FailsWithThat()
    {
        var thrown = new NotSupportedException();
        IObservable<int> source = Observable.Throw<int>(_lost);

        Assert.Same(thrown, Assert.Throws<NotSupportedException>(() => source.RetryWithBackoff(1, Backoff.None, _scheduler, _ => throw thrown).Wait()));
        Assert.Same(thrown, Assert.Throws<NotSupportedException>(() => source.RetryWithBackoff(1, Backoff.Default, _scheduler, random: () => throw thrown).Wait()));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    public void Retry_RetriesBelowMinusOne_NamesTheRange(int retries) =>
        Assert.Contains("-1 (for ever)..", Assert.Throws<ArgumentOutOfRangeException>(
            () => Observable.Never<int>().RetryWithBackoff(retries, Backoff.None, _scheduler)).Message);

    [Fact]
    public void Retry_BadArguments_Throw()
    {
        IObservable<int> source = Observable.Never<int>();

        Assert.Throws<ArgumentNullException>(() => ((IObservable<int>)null!).RetryWithBackoff(0, Backoff.None, _scheduler));
        Assert.Throws<ArgumentNullException>(() => source.RetryWithBackoff(0, null!, _scheduler));
        Assert.Throws<ArgumentNullException>(() => source.RetryWithBackoff(0, Backoff.None, null!));
        Assert.Throws<ArgumentNullException>(() => source.RetryWithBackoff(0, Backoff.None, _scheduler).Subscribe(null!));
        Assert.Throws<ArgumentException>(() => source.RetryWithBackoff(0, new Backoff { Factor = 0.5 }, _scheduler));
    }

    [Fact]
    public void Retry_FailureAndDisposeRace_StopsForGood() =>
        Race.Run(
            5_000,
            () => new RacedRound(),
            round => round.Source.OnError(_lost),
            round => round.Subscription.Dispose(),
            round =>
            {
                Assert.Equal(round.Clock.Armed, round.Clock.Disposed);
                Assert.False(round.Source.HasObservers);
            });

    private sealed class RacedRound
    {
        public RacedRound() => Subscription = Source.RetryWithBackoff(-1, TenTwentyForty, Clock).Subscribe(_ => { });

        public CountingScheduler Clock { get; } = new();

        public System.Reactive.Subjects.Subject<int> Source { get; } = new();

        public IDisposable Subscription { get; }
    }
}
