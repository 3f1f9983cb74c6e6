using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>Disposal, exceptions, floods and races.</summary>
public class FailoverWithHedgeTurmoilTests
{
    private static readonly TimeSpan After100 = TimeSpan.FromTicks(100);

    private readonly TestScheduler _scheduler = new();
    private readonly IOException _lost = new("lost");

    [Fact]
    public void Hedge_DisposedWithTwoUnderWay_DisposesBothAndTheEnumerators()
    {
        var servers = new WatchedList<int>([1, 2, 3]);
        var groups = new WatchedList<IEnumerable<int>>([servers]);
        ITestableObservable<int> attempt = _scheduler.CreateColdObservable<int>();

        ITestableObserver<int> seen = _scheduler.Start(() => Hedged(groups, _ => attempt), 100, 200, 330);

        Assert.Empty(seen.Messages);
        Assert.Equal([Subscribed(200, 330), Subscribed(300, 330)], attempt.Subscriptions);
        Assert.Equal((1, 1, 1, 1), (groups.Enumerators, groups.Disposed, servers.Enumerators, servers.Disposed));
    }

    [Fact]
    public void Hedge_AnsweredOrDisposed_LeavesNoTimerBehind()
    {
        var clock = new CountingScheduler();
        var answered = new Subject<int>();
        IDisposable disposed = Groups([Observable.Never<int>()]).FailoverWithHedge(server => server, After100, clock).Subscribe();
        Groups([answered]).FailoverWithHedge(server => server, After100, clock).Subscribe();

        disposed.Dispose();
        answered.OnNext(1);

        Assert.Equal((2, 2), (clock.Armed, clock.Disposed));
    }

    [Fact]
    public void Hedge_LateTimerOfAnEarlierTry_IsNotHeard()
    {
        // The timer has fired and cannot be taken back, but what it has to say comes when its try has failed.
        var clock = new CountingScheduler();
        Subject<int>[] tries = [new(), new(), new()];
        var first = new RawObservable<int>(observer =>
        {
            observer.OnError(_lost);
            clock.Fire();
        });

        Groups<IObservable<int>>([first, .. tries]).FailoverWithHedge(server => server, After100, clock).Subscribe();

        Assert.Equal([true, false, false], tries.Select(attempt => attempt.HasObservers));
        // The timer of the try that took its place is heard.
        clock.Fire();
        Assert.Equal([true, true, false], tries.Select(attempt => attempt.HasObservers));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hedge_LateTimerOfTheWinner_IsNotHeard(bool wins)
    {
        var clock = new CountingScheduler();
        var second = new Subject<int>();
        var first = new RawObservable<int>(observer =>
        {
            if (wins) observer.OnNext(1);
            clock.Fire();
        });

        Groups<IObservable<int>>([first, second]).FailoverWithHedge(server => server, After100, clock).Subscribe();

        Assert.Equal(!wins, second.HasObservers);
    }

    [Theory]
    [InlineData("tryOn")]
    [InlineData("mayMove")]
    [InlineData("mayHedge")]
    [InlineData("value")]
    public void Hedge_DisposedInsideACallback_DeliversNothingMore(string where)
    {
        var servers = new WatchedList<int>([1, 2, 3]);
        Subject<int>[] tries = [new(), new(), new()];
        var seen = new List<string>();
        var subscription = new SingleAssignmentDisposable();
        IObservable<int> request = new WatchedList<IEnumerable<int>>([servers]).FailoverWithHedge(
            server =>
            {
                if (server == 2) DisposeIf("tryOn");
                return tries[server - 1];
            },
            After100,
            _scheduler,
            _ =>
            {
                DisposeIf("mayMove");
                return true;
            },
            () =>
            {
                DisposeIf("mayHedge");
                return true;
            });
        subscription.Disposable = request.Subscribe(
            value =>
            {
                seen.Add($"{value}");
                DisposeIf("value");
            },
            _ => seen.Add("failed"),
            () => seen.Add("completed"));

        _scheduler.AdvanceTo(150);
        if (where == "mayMove") tries[1].OnError(_lost);
        tries[0].OnNext(1);
        tries[0].OnCompleted();

        Assert.Equal(where == "value" ? ["1"] : [], seen);
        Assert.DoesNotContain(tries, attempt => attempt.HasObservers);
        Assert.Equal((1, 1), (servers.Enumerators, servers.Disposed));

        void DisposeIf(string here)
        {
            if (where == here) subscription.Dispose();
        }
    }

    [Fact]
    public void Hedge_ManySynchronousFailures_DoNotGrowTheStack()
    {
        RawObservable<int> failing = RawObservable<int>.Failing(_lost);
        ITestableObserver<int> seen = _scheduler.CreateObserver<int>();
        var first = new Subject<int>();

        Hedged([[first, .. Enumerable.Repeat<IObservable<int>>(failing, 100_000)]], server => server).Subscribe(seen);
        _scheduler.AdvanceTo(100);
        Assert.Equal(100_000, failing.Subscriptions);
        first.OnError(_lost);

        Assert.Equal(100_001, Assert.IsType<AggregateException>(Assert.Single(seen.Messages).Value.Exception).InnerExceptions.Count);
    }

    [Fact]
    public void Hedge_CallbacksThrow_FailsWithThat()
    {
        var thrown = new NotSupportedException();

        Assert.Same(thrown, EndOf(Hedged<int>([[1]], _ => throw thrown)));
        Assert.Same(thrown, EndOf(Hedged([[1, 2]], server => server == 1 ? Observable.Never<int>() : throw thrown)));
        Assert.Same(thrown, EndOf(Hedged([[1]], _ => new RawObservable<int>((Action<IObserver<int>>)(_ => throw thrown)))));
        Assert.Same(thrown, EndOf(Hedged([[1]], _ => Observable.Throw<int>(_lost), _ => throw thrown)));
        Assert.Same(thrown, EndOf(Hedged([[1, 2]], _ => Observable.Never<int>(), null, () => throw thrown)));
        Assert.Same(thrown, EndOf(Hedged([Throwing()], _ => Observable.Never<int>())));
        Assert.IsType<InvalidOperationException>(EndOf(Hedged<int>([[1]], _ => null!)));

        IEnumerable<int> Throwing()
        {
            yield return 1;
            throw thrown;
        }
    }

    [Fact]
    public void Hedge_ObserverThrows_ReachesTheSourceAndEverythingIsDisposed()
    {
        var servers = new WatchedList<int>([1, 2]);
        Subject<int>[] tries = [new(), new()];
        Hedged([servers], server => tries[server - 1]).Subscribe(System.Reactive.Observer.Create<int>(_ => throw new TimeoutException()));
        _scheduler.AdvanceTo(100);

        Assert.Throws<TimeoutException>(() => tries[1].OnNext(1));
        tries[0].OnNext(1);

        Assert.DoesNotContain(tries, attempt => attempt.HasObservers);
        Assert.Equal((1, 1), (servers.Enumerators, servers.Disposed));
    }

    [Fact]
    public void Hedge_ValueWhileTheSecondIsBeingSubscribed_PassesWhenTheSecondIsDisposed()
    {
        var first = new Subject<int>();
        bool disposed = false;
        var seen = new List<bool>();
        var second = new RawObservable<int>(_ =>
        {
            // As if the first answered on another thread at this very moment.
            first.OnNext(1);
            Assert.Empty(seen);
            return Disposable.Create(() => disposed = true);
        });
        Hedged<IObservable<int>>([[first, second]], server => server).Subscribe(_ => seen.Add(disposed));

        _scheduler.AdvanceTo(100);

        Assert.Equal([true], seen);
    }

    [Fact]
    public void Hedge_BothAnswerAtOnce_OneWins() => Race.Run(
        5_000,
        () => new RacedRound(),
        round => round.First.OnNext(1),
        round => round.Second.OnNext(2),
        round =>
        {
            Assert.Equal((1, 0), (round.Watch.Values, round.Watch.Faults.Count));
            Assert.True(round.First.HasObservers ^ round.Second.HasObservers);
        });

    [Fact]
    public void Hedge_FailureAndDisposeRace_NothingLeaks() => Race.Run(
        5_000,
        () => new RacedRound(),
        round => round.First.OnError(new IOException("lost")),
        round => round.Subscription.Dispose(),
        round =>
        {
            Assert.Equal((1, 1), (round.Servers.Enumerators, round.Servers.Disposed));
            Assert.False(round.First.HasObservers || round.Second.HasObservers || round.Third.HasObservers);
            Assert.Empty(round.Watch.Faults);
        });

    [Fact]
    public void Hedge_BothFailAtOnce_MovesOnOnce() => Race.Run(
        5_000,
        () => new RacedRound(),
        round => round.First.OnError(new IOException("lost")),
        round => round.Second.OnError(new IOException("lost")),
        round =>
        {
            Assert.True(round.Third.HasObservers);
            Assert.Equal((0, 0), (round.Watch.Terminals, round.Watch.Faults.Count));
        });

    [Fact]
    public void Hedge_NullArguments_Throw()
    {
        Assert.Throws<ArgumentNullException>(() => ((int[][])null!).FailoverWithHedge(_ => Observable.Never<int>(), After100, _scheduler));
        Assert.Throws<ArgumentNullException>(() => Groups([1]).FailoverWithHedge<int, int>(null!, After100, _scheduler));
        Assert.Throws<ArgumentNullException>(() => Groups([1]).FailoverWithHedge(_ => Observable.Never<int>(), After100, null!));
        Assert.Throws<ArgumentNullException>(() => Hedged([[1]], _ => Observable.Never<int>()).Subscribe(null!));
    }

    private IObservable<int> Hedged<TServer>(
        IEnumerable<IEnumerable<TServer>> groups, Func<TServer, IObservable<int>> tryOn, Func<Exception, bool>? mayMove = null, Func<bool>? mayHedge = null) =>
        groups.FailoverWithHedge(tryOn, After100, _scheduler, mayMove, mayHedge);

    private static IEnumerable<IEnumerable<T>> Groups<T>(params IEnumerable<T>[] groups) => groups;

    private Exception? EndOf(IObservable<int> source)
    {
        Exception? end = null;
        bool ended = false;
        source.CheckGrammar().Subscribe(_ => { }, failure => (end, ended) = (failure, true), () => ended = true);
        _scheduler.AdvanceBy(100);
        Assert.True(ended);
        return end;
    }

    private sealed class RacedRound
    {
        public RacedRound()
        {
            var clock = new CountingScheduler();
            Servers = new([First, Second, Third]);
            Subscription = Groups(Servers).FailoverWithHedge(server => server, After100, clock).Subscribe(Watch);
            clock.Fire();
        }

        public Subject<int> First { get; } = new();

        public Subject<int> Second { get; } = new();

        public Subject<int> Third { get; } = new();

        public WatchedList<Subject<int>> Servers { get; }

        public GrammarObserver<int> Watch { get; } = new();

        public IDisposable Subscription { get; }
    }
}
