using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Operators.ErrorReplies;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Operators;

public class ErrorsAsFailuresTests
{
    private static readonly ErrorCodes BusyCode = ErrorCodes.Parse("-32000");

    private readonly TestScheduler _scheduler = new();
    private readonly IOException _lost = new();

    [Fact]
    public void ErrorsAsFailures_CodeInSet_FailsWithErrorAndAttempts()
    {
        ITestableObservable<Reply<int>> source = _scheduler.CreateColdObservable(
            OnNext(10, Result(1)), OnNext(20, Error(Busy)), OnNext(30, Result(2)));

        ITestableObserver<Reply<int>> seen = _scheduler.Start(() => source.ErrorsAsFailures(BusyCode).CheckGrammar());

        Assert.Equal([210L, 220L], seen.Messages.Select(message => message.Time));
        AssertBusy(seen.Messages[1].Value.Exception);
        Assert.Equal([Subscribed(200, 220)], source.Subscriptions);
    }

    [Fact]
    public void ErrorsAsFailures_OtherCode_Passes()
    {
        Reply<int> other = Error(new JsonRpcError(-1, "other"));

        Assert.Equal(-1, Observable.Return(other).ErrorsAsFailures(BusyCode).Wait().Error?.Code);
    }

    [Fact]
    public void ErrorsAsFailures_NoCodes_IsTheSourceItself()
    {
        IObservable<Reply<int>> source = Observable.Never<Reply<int>>();

        Assert.Same(source, source.ErrorsAsFailures(ErrorCodes.None));
    }

    [Fact]
    public void ErrorsAsFailures_SourceEnds_PassesTheEnd()
    {
        ITestableObserver<Reply<int>> completed = _scheduler.Start(() => Observable.Empty<Reply<int>>().ErrorsAsFailures(BusyCode));
        ITestableObserver<Reply<int>> failed = new TestScheduler().Start(() => Observable.Throw<Reply<int>>(_lost).ErrorsAsFailures(BusyCode));

        Assert.Equal([OnCompleted<Reply<int>>(200)], completed.Messages);
        Assert.Equal([OnError<Reply<int>>(200, _lost)], failed.Messages);
    }

    [Fact]
    public void ErrorsAsFailures_DisposedInTheMiddle_DisposesTheSource()
    {
        ITestableObservable<Reply<int>> source = _scheduler.CreateHotObservable(OnNext(210, Result(1)), OnNext(230, Error(Busy)));

        ITestableObserver<Reply<int>> seen = _scheduler.Start(() => source.ErrorsAsFailures(BusyCode), 100, 200, 220);

        Assert.Equal(210, Assert.Single(seen.Messages).Time);
        Assert.Equal([Subscribed(200, 220)], source.Subscriptions);
    }

    [Fact]
    public void ErrorsAsFailures_NullArguments_Throw()
    {
        IObservable<Reply<int>> source = Observable.Never<Reply<int>>();

        Assert.Throws<ArgumentNullException>(() => ((IObservable<Reply<int>>)null!).ErrorsAsFailures(ErrorCodes.None));
        Assert.Throws<ArgumentNullException>(() => source.ErrorsAsFailures(null!));
        Assert.Throws<ArgumentNullException>(() => source.ErrorsAsFailures(BusyCode).Subscribe(null!));
    }
}
