using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Operators;

public class RetryWhenCalledTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly IOException _lost = new("lost");
    private readonly BooleanDisposable _wait = new();
    private Action? _again;

    [Fact]
    public void Retry_SourceFails_SubscribesAgainWhenCalled()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnNext(1, 7), OnError<int>(5, _lost));
        _scheduler.CreateHotObservable(OnNext(300, 0)).Subscribe(_ => _again!());

        ITestableObserver<int> seen = _scheduler.Start(() => source.RetryWhenCalled(WaitOnce).CheckGrammar());

        Assert.Equal([Subscribed(200, 205), Subscribed(300, 305)], source.Subscriptions);
        Assert.Equal([OnNext(201, 7), OnNext(301, 7), OnError<int>(305, _lost)], seen.Messages);
        Assert.True(_wait.IsDisposed);
    }

    [Fact]
    public void Retry_CalledBeforeTheWaitIsKept_SubscribesAgainInALoop()
    {
        int left = 100_000;
        IObservable<int> source = Observable.Defer(() => left-- > 0 ? Observable.Throw<int>(_lost) : Observable.Return(7));

        IObservable<int> retried = source.RetryWhenCalled((_, again) =>
        {
            again();
            return Disposable.Empty;
        });

        Assert.Equal([7], retried.ToEnumerable());
    }

    [Fact]
    public void Retry_DisposedWhileItWaits_EndsTheWaitAndIsDeafToTheCall()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnError<int>(5, _lost));
        bool ended = false;
        _scheduler.CreateHotObservable(OnNext(300, 0)).Subscribe(_ =>
        {
            ended = _wait.IsDisposed;
            _again!();
        });

        ITestableObserver<int> seen = _scheduler.Start(() => source.RetryWhenCalled(WaitOnce), 100, 200, 250);

        Assert.True(ended);
        Assert.Empty(seen.Messages);
        Assert.Equal([Subscribed(200, 205)], source.Subscriptions);
    }

    [Fact]
    public void Retry_FailureIsNotWaitedOut_Passes()
    {
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnError<int>(5, _lost));

        ITestableObserver<int> seen = _scheduler.Start(() => source.RetryWhenCalled((_, _) => null));

        Assert.Equal([OnError<int>(205, _lost)], seen.Messages);
    }

    [Fact]
    public void Retry_WaitThrows_FailsWithIt()
    {
        var thrown = new InvalidOperationException("wait");
        ITestableObservable<int> source = _scheduler.CreateColdObservable(OnError<int>(5, _lost));

        ITestableObserver<int> seen = _scheduler.Start(() => source.RetryWhenCalled((_, _) => throw thrown));

        Assert.Equal([OnError<int>(205, thrown)], seen.Messages);
    }

    [Fact]
    public void Retry_EmptySource_Completes() => Assert.Empty(Observable.Empty<int>().RetryWhenCalled(WaitOnce).ToEnumerable());

    [Fact]
    public void Retry_NoWait_IsTheSourceItself()
    {
        IObservable<int> source = Observable.Never<int>();
        Assert.Same(source, source.RetryWhenCalled(null));
    }

    private BooleanDisposable? WaitOnce(Exception failure, Action again)
    {
        if (_again is not null) return null;
        _again = again;
        return _wait;
    }
}
