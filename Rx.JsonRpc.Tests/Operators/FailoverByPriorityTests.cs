using System.Reactive.Disposables;
using System.Reactive.Linq;
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
    public void Failover_ServerFails_IsLetGoBeforeTheNextIsAsked()
    {
        var order = new List<string>();
        var first = new RawObservable<int>(observer =>
        {
            observer.OnError(_lost);
            return Disposable.Create(() => order.Add("first let go"));
        });
        IObserver<int>? failsLater = null;
        var second = new RawObservable<int>(observer =>
        {
            failsLater = observer;
            order.Add("second asked");
            return Disposable.Create(() => order.Add("second let go"));
        });
        var third = new RawObservable<int>(_ => order.Add("third asked"));

        using IDisposable request = Groups([first, second, third]).FailoverByPriority(server => server).Subscribe(new Answers<int>(() => 0));
        failsLater!.OnError(_lost);

        Assert.Equal(["first let go", "second asked", "second let go", "third asked"], order);
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

    private static IEnumerable<IEnumerable<T>> Groups<T>(params IEnumerable<T>[] groups) => groups;

    private static Exception? EndOf(IObservable<int> source)
    {
        Exception? end = null;
        bool ended = false;
        source.CheckGrammar().Subscribe(_ => { }, failure => (end, ended) = (failure, true), () => ended = true);
        Assert.True(ended);
        return end;
    }
}
