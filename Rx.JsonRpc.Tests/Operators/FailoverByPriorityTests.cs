using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Operators;

public class FailoverByPriorityTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly IOException _lost = new("lost");

    [Fact]
    public void Failover_FirstAnswers_SecondIsNeverAsked()
    {
        ITestableObservable<int> first = _scheduler.CreateColdObservable(OnNext(10, 1), OnCompleted<int>(10));
        ITestableObservable<int> second = _scheduler.CreateColdObservable<int>();

        ITestableObserver<int> seen = _scheduler.Start(() => Groups([first, second]).FailoverByPriority(server => server).CheckGrammar());

        Assert.Equal([OnNext(210, 1), OnCompleted<int>(210)], seen.Messages);
        Assert.Equal([Subscribed(200, 210)], first.Subscriptions);
        Assert.Empty(second.Subscriptions);
    }

    [Fact]
    public void Failover_ServersFail_MovesThroughTheGroupsInOrder()
    {
        ITestableObservable<int> first = _scheduler.CreateColdObservable(OnError<int>(40, _lost));
        ITestableObservable<int> second = _scheduler.CreateColdObservable(OnNext(5, 1), OnError<int>(10, _lost));
        ITestableObservable<int> backup = _scheduler.CreateColdObservable(OnNext(20, 2), OnCompleted<int>(30));

        ITestableObserver<int> seen = _scheduler.Start(
            () => Groups([first, second], [], [backup]).FailoverByPriority(server => server).CheckGrammar());

        Assert.Equal([OnNext(245, 1), OnNext(270, 2), OnCompleted<int>(280)], seen.Messages);
        Assert.Equal([Subscribed(200, 240)], first.Subscriptions);
        Assert.Equal([Subscribed(240, 250)], second.Subscriptions);
        Assert.Equal([Subscribed(250, 280)], backup.Subscriptions);
    }

    [Fact]
    public void Failover_FailureMayNotMove_EndsWithThatFailureItself()
    {
        ITestableObservable<int> first = _scheduler.CreateColdObservable(OnError<int>(40, _lost));
        ITestableObservable<int> second = _scheduler.CreateColdObservable<int>();

        ITestableObserver<int> seen = _scheduler.Start(
            () => Groups([first, second]).FailoverByPriority(server => server, failure => failure is TimeoutException));

        Assert.Equal([OnError<int>(240, _lost)], seen.Messages);
        Assert.Equal([Subscribed(200, 240)], first.Subscriptions);
        Assert.Empty(second.Subscriptions);
    }

    [Fact]
    public void Failover_AllFail_HoldsEveryFailureInOrder()
    {
        Exception[] failures = [new IOException("1"), new TimeoutException("2"), new IOException("3")];

        ITestableObserver<int> seen = _scheduler.Start(
            () => Groups([failures[0], failures[1]], [failures[2]]).FailoverByPriority(RawObservable<int>.Failing));

        Assert.Equal(failures, Assert.IsType<AggregateException>(Assert.Single(seen.Messages).Value.Exception).InnerExceptions);
    }

    [Fact]
    public void Failover_NoServerAtAll_SaysSo()
    {
        Assert.IsType<InvalidOperationException>(EndOf(Groups<int>().FailoverByPriority(_ => Observable.Never<int>())));
        Assert.IsType<InvalidOperationException>(EndOf(Groups<int>([], []).FailoverByPriority(_ => Observable.Never<int>())));
    }

    [Fact]
    public void Failover_EmptyAttempt_Completes()
    {
        ITestableObserver<int> seen = _scheduler.Start(() => Groups([1, 2]).FailoverByPriority(_ => Observable.Empty<int>()));

        Assert.Equal([OnCompleted<int>(200)], seen.Messages);
    }

    [Fact]
    public void Failover_BackupGroupNotReached_ItsTurnIsNotTaken()
    {
        IEnumerable<char> main = "ab".ToArray().RoundRobin();
        IEnumerable<char> backup = "xy".ToArray().RoundRobin();
        var asked = new List<char>();
        bool fails = false;
        IObservable<int> request = Groups(main, backup).FailoverByPriority(server =>
        {
            asked.Add(server);
            return fails && server is 'a' or 'b' ? Observable.Throw<int>(_lost) : Observable.Return(1);
        });

        Assert.Null(EndOf(request));
        fails = true;
        Assert.Null(EndOf(request));

        Assert.Equal("abax", string.Concat(asked));
        Assert.Equal('y', backup.First());
    }

    [Fact]
    public void Failover_TwoSubscriptions_EnumerateAnewAndShareNothing()
    {
        ITestableObservable<int> first = _scheduler.CreateColdObservable(OnError<int>(40, _lost));
        ITestableObservable<int> second = _scheduler.CreateColdObservable(OnNext(10, 1));
        IObservable<int> request = Groups([first, second]).FailoverByPriority(server => server);
        ITestableObserver<int> one = _scheduler.CreateObserver<int>();
        ITestableObserver<int> two = _scheduler.CreateObserver<int>();

        request.Subscribe(one);
        _scheduler.AdvanceTo(20);
        request.Subscribe(two);
        _scheduler.Start();

        Assert.Equal([OnNext(50, 1)], one.Messages);
        Assert.Equal([OnNext(70, 1)], two.Messages);
        Assert.Equal([Subscribed(0, 40), Subscribed(20, 60)], first.Subscriptions);
    }

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
