using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>Disposal, exceptions, floods and races.</summary>
public class FailoverByPriorityTurmoilTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly IOException _lost = new("lost");

    [Fact]
    public void Failover_DisposedInTheMiddle_StopsAndDisposesTheEnumerators()
    {
        var groups = new WatchedList<IEnumerable<int>>([new WatchedList<int>([1, 2])]);
        ITestableObservable<int> attempt = _scheduler.CreateColdObservable(OnNext(10, 1), OnError<int>(50, _lost));

        ITestableObserver<int> seen = _scheduler.Start(() => groups.FailoverByPriority(_ => attempt), 100, 200, 230);

        Assert.Equal([OnNext(210, 1)], seen.Messages);
        Assert.Equal([Subscribed(200, 230)], attempt.Subscriptions);
        Assert.Equal((1, 1), (groups.Enumerators, groups.Disposed));
        Assert.Equal(1, ((WatchedList<int>)groups.Items[0]).Disposed);
    }

    [Fact]
    public void Failover_Ends_DisposesTheEnumerators()
    {
        var servers = new WatchedList<int>([1, 2]);
        var groups = new WatchedList<IEnumerable<int>>([servers]);

        Assert.Null(EndOf(groups.FailoverByPriority(_ => Observable.Return(1))));
        Assert.NotNull(EndOf(groups.FailoverByPriority(_ => Observable.Throw<int>(_lost))));
        Assert.NotNull(EndOf(groups.FailoverByPriority(_ => Observable.Throw<int>(_lost), _ => false)));

        Assert.Equal((3, 3), (groups.Enumerators, groups.Disposed));
        Assert.Equal((3, 3), (servers.Enumerators, servers.Disposed));
    }

    [Theory]
    [InlineData("tryOn")]
    [InlineData("mayMove")]
    [InlineData("value")]
    public void Failover_DisposedInsideACallback_DeliversNothingMore(string where)
    {
        var servers = new WatchedList<int>([1, 2, 3]);
        var first = new Subject<int>();
        var seen = new List<string>();
        var subscription = new SingleAssignmentDisposable();
        IObservable<int> request = new WatchedList<IEnumerable<int>>([servers]).FailoverByPriority(
            server =>
            {
                if (server == 2 && where == "tryOn") subscription.Dispose();
                return server == 1 ? first : Observable.Return(server);
            },
            _ =>
            {
                if (where == "mayMove") subscription.Dispose();
                return true;
            });
        subscription.Disposable = request.Subscribe(
            value =>
            {
                seen.Add($"{value}");
                if (where == "value") subscription.Dispose();
            },
            _ => seen.Add("failed"),
            () => seen.Add("completed"));

        first.OnNext(1);
        first.OnError(_lost);

        Assert.Equal(["1"], seen);
        Assert.False(first.HasObservers);
        Assert.Equal((1, 1), (servers.Enumerators, servers.Disposed));
    }

    [Fact]
    public void Failover_ManySynchronousFailures_DoNotGrowTheStack()
    {
        RawObservable<int> failing = RawObservable<int>.Failing(_lost);

        Exception? end = EndOf(Groups(Enumerable.Repeat(failing, 100_000)).FailoverByPriority(server => server));

        Assert.Equal(100_000, Assert.IsType<AggregateException>(end).InnerExceptions.Count);
        Assert.Equal(100_000, failing.Subscriptions);
    }

    [Fact]
    public void Failover_CallbacksThrow_FailsWithThat()
    {
        var thrown = new NotSupportedException();

        Assert.Same(thrown, EndOf(Groups([1]).FailoverByPriority<int, int>(_ => throw thrown)));
        Assert.Same(thrown, EndOf(Groups([1]).FailoverByPriority(_ => Observable.Throw<int>(_lost), _ => throw thrown)));
        Assert.Same(thrown, EndOf(Groups(Throwing()).FailoverByPriority(_ => Observable.Throw<int>(_lost))));
        Assert.IsType<InvalidOperationException>(EndOf(Groups([1]).FailoverByPriority<int, int>(_ => null!)));
        Assert.IsType<InvalidOperationException>(EndOf(Groups<int>(null!, []).FailoverByPriority(_ => Observable.Never<int>())));

        IEnumerable<int> Throwing()
        {
            yield return 1;
            throw thrown;
        }
    }

    [Fact]
    public void Failover_ObserverThrowsInsideSubscribe_ReachesTheCallerAndDisposesTheEnumerators()
    {
        var groups = new WatchedList<IEnumerable<int>>([[1, 2]]);
        IObservable<int> request = groups.FailoverByPriority(_ => new RawObservable<int>(observer => observer.OnNext(1)));

        Assert.Throws<TimeoutException>(() => request.Subscribe(System.Reactive.Observer.Create<int>(_ => throw new TimeoutException())));

        Assert.Equal((1, 1), (groups.Enumerators, groups.Disposed));
    }

    [Fact]
    public void Failover_AttemptSpeaksAfterItsFailure_IsNotHeard()
    {
        var watch = new GrammarObserver<int>();
        var attempt = new RawObservable<int>(observer =>
        {
            observer.OnError(_lost);
            observer.OnError(_lost);
            observer.OnNext(1);
            observer.OnCompleted();
        });

        Groups([1, 2]).FailoverByPriority(_ => attempt).Subscribe(watch);

        Assert.Equal((0, 1, 2), (watch.Values, watch.Terminals, attempt.Subscriptions));
        Assert.Empty(watch.Faults);
    }

    [Fact]
    public void Failover_FailureAndDisposeRace_NothingLeaks() =>
        Race.Run(
            5_000,
            () => new RacedRound(),
            round => round.First.OnError(_lost),
            round => round.Subscription.Dispose(),
            round =>
            {
                Assert.Equal((1, 1), (round.Servers.Enumerators, round.Servers.Disposed));
                Assert.False(round.First.HasObservers || round.Second.HasObservers);
                Assert.Empty(round.Watch.Faults);
            });

    [Fact]
    public void Failover_NullArguments_Throw()
    {
        Assert.Throws<ArgumentNullException>(() => ((int[][])null!).FailoverByPriority(_ => Observable.Never<int>()));
        Assert.Throws<ArgumentNullException>(() => Groups([1]).FailoverByPriority<int, int>(null!));
        Assert.Throws<ArgumentNullException>(() => Groups([1]).FailoverByPriority(_ => Observable.Never<int>()).Subscribe(null!));
    }

    private static IEnumerable<IEnumerable<T>> Groups<T>(params IEnumerable<T>[] groups) => groups;

    private static Exception? EndOf(IObservable<int> source)
    {
        Exception? end = null;
        bool ended = false;
        source.CheckGrammar().Subscribe(_ => { }, failure => (end, ended) = (failure, true), () => ended = true);
        Assert.True(ended);
        return end;
    }

    private sealed class RacedRound
    {
        public RacedRound()
        {
            Servers = new([First, Second]);
            Subscription = Groups(Servers).FailoverByPriority(server => server).Subscribe(Watch);
        }

        public Subject<int> First { get; } = new();

        public Subject<int> Second { get; } = new();

        public WatchedList<Subject<int>> Servers { get; }

        public GrammarObserver<int> Watch { get; } = new();

        public IDisposable Subscription { get; }
    }
}
