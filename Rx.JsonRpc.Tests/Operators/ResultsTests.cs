using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Operators.ErrorReplies;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Operators;

public class ResultsTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly IOException _lost = new();

    [Fact]
    public void Results_Replies_GiveTheirResults()
    {
        ITestableObservable<Reply<int>> source = _scheduler.CreateHotObservable(
            OnNext(210, Result(1)), OnNext(220, Result(2)), OnCompleted<Reply<int>>(230));

        ITestableObserver<int> seen = _scheduler.Start(() => source.Results().CheckGrammar());

        Assert.Equal([OnNext(210, 1), OnNext(220, 2), OnCompleted<int>(230)], seen.Messages);
        Assert.Equal([Subscribed(200, 230)], source.Subscriptions);
    }

    [Fact]
    public void Results_NullResult_IsAResult() =>
        Assert.Null(Observable.Return(new Reply<string>()).Results().Wait());

    [Fact]
    public void Results_ErrorReply_FailsWithServerAndAttemptsOfItsOwn()
    {
        ITestableObservable<Reply<int>> source = _scheduler.CreateHotObservable(OnNext(210, Error(Busy)), OnNext(220, Result(2)));
        IObservable<int> results = source.Results();
        ITestableObserver<int> other = _scheduler.CreateObserver<int>();
        using IDisposable subscription = results.Subscribe(other);

        ITestableObserver<int> seen = _scheduler.Start(() => results);

        AssertBusy(Assert.Single(seen.Messages).Value.Exception);
        AssertBusy(Assert.Single(other.Messages).Value.Exception);
        Assert.NotSame(seen.Messages[0].Value.Exception, other.Messages[0].Value.Exception);
        Assert.Equal([Subscribed(0, 210), Subscribed(200, 210)], source.Subscriptions);
    }

    [Fact]
    public void Results_ErrorReplyWithoutAttempts_HasNoServer()
    {
        var reply = new Reply<int> { Error = Busy };

        ErrorReplyException failure = Assert.Throws<ErrorReplyException>(() => Observable.Return(reply).Results().Wait());

        Assert.Null(failure.Server);
        Assert.Equal($"{Busy}", failure.Message);
    }

    [Fact]
    public void Results_SourceEnds_PassesTheEnd()
    {
        ITestableObserver<int> completed = _scheduler.Start(() => Observable.Empty<Reply<int>>().Results());
        ITestableObserver<int> failed = new TestScheduler().Start(() => Observable.Throw<Reply<int>>(_lost).Results());

        Assert.Equal([OnCompleted<int>(200)], completed.Messages);
        Assert.Equal([OnError<int>(200, _lost)], failed.Messages);
    }

    [Fact]
    public void Results_DisposedInTheMiddle_DisposesTheSource()
    {
        ITestableObservable<Reply<int>> source = _scheduler.CreateHotObservable(OnNext(210, Result(1)), OnNext(230, Error(Busy)));

        ITestableObserver<int> seen = _scheduler.Start(() => source.Results(), 100, 200, 220);

        Assert.Equal([OnNext(210, 1)], seen.Messages);
        Assert.Equal([Subscribed(200, 220)], source.Subscriptions);
    }

    [Fact]
    public void Results_DisposedInsideOnNext_DeliversNothingMore()
    {
        var source = new Subject<Reply<int>>();
        var seen = new List<int>();
        var subscription = new SingleAssignmentDisposable();
        subscription.Disposable = source.Results().Subscribe(value =>
        {
            seen.Add(value);
            subscription.Dispose();
            source.OnNext(Error(Busy));
        });

        source.OnNext(Result(1));

        Assert.Equal([1], seen);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void Results_SourceGoesOnAfterItsEnd_NothingFollows()
    {
        var watch = new GrammarObserver<int>();
        var source = new RawObservable<Reply<int>>(observer =>
        {
            observer.OnNext(Error(Busy));
            observer.OnNext(Result(1));
            observer.OnNext(Error(Busy));
            observer.OnCompleted();
            observer.OnError(_lost);
        });

        source.Results().Subscribe(watch);

        Assert.Equal((0, 1), (watch.Values, watch.Terminals));
        Assert.Empty(watch.Faults);
    }

    [Fact]
    public void Results_NullArguments_Throw()
    {
        Assert.Throws<ArgumentNullException>(() => ((IObservable<Reply<int>>)null!).Results());
        Assert.Throws<ArgumentNullException>(() => Observable.Never<Reply<int>>().Results().Subscribe(null!));
    }
}
