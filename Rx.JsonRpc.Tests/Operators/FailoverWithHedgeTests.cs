using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Operators;

public class FailoverWithHedgeTests
{
    private static readonly TimeSpan After100 = TimeSpan.FromTicks(100);

    private readonly TestScheduler _scheduler = new();
    private readonly IOException _lost = new("lost");

    [Fact]
    public void Hedge_FirstAnswersInTime_SecondIsNeverAsked()
    {
        ITestableObservable<int> first = Answering(99, 1);
        ITestableObservable<int> second = Answering(1, 2);

        ITestableObserver<int> seen = Start([first, second]);

        Assert.Equal([OnNext(299, 1), OnCompleted<int>(299)], seen.Messages);
        Assert.Equal([Subscribed(200, 299)], first.Subscriptions);
        Assert.Empty(second.Subscriptions);
    }

    [Fact]
    public void Hedge_SecondAnswersFirst_TheFirstIsDisposedThen()
    {
        ITestableObservable<int> first = Answering(500, 1);
        ITestableObservable<int> second = Answering(30, 2);

        ITestableObserver<int> seen = Start([first], [second]);

        Assert.Equal([OnNext(330, 2), OnCompleted<int>(330)], seen.Messages);
        Assert.Equal([Subscribed(200, 330)], first.Subscriptions);
        Assert.Equal([Subscribed(300, 330)], second.Subscriptions);
    }

    [Fact]
    public void Hedge_FirstAnswersAfterAll_TheSecondIsDisposedThen()
    {
        ITestableObservable<int> first = Answering(120, 1);
        ITestableObservable<int> second = Answering(500, 2);

        ITestableObserver<int> seen = Start([first, second]);

        Assert.Equal([OnNext(320, 1), OnCompleted<int>(320)], seen.Messages);
        Assert.Equal([Subscribed(200, 320)], first.Subscriptions);
        Assert.Equal([Subscribed(300, 320)], second.Subscriptions);
    }

    [Fact]
    public void Hedge_AThirdServer_IsNotAskedWhileTwoAreUnderWay()
    {
        ITestableObservable<int> second = Silent();
        ITestableObservable<int> third = Answering(1, 3);

        ITestableObserver<int> seen = Start([Silent(), second, third]);

        Assert.Empty(seen.Messages);
        Assert.Equal([Subscribed(300, 1000)], second.Subscriptions);
        Assert.Empty(third.Subscriptions);
    }

    [Fact]
    public void Hedge_FirstFailsBeforeTheDelay_TheNextOneIsAloneAndGetsADelayOfItsOwn()
    {
        ITestableObservable<int> first = Failing(60);
        ITestableObservable<int> second = Silent();
        ITestableObservable<int> third = Answering(10, 3);

        ITestableObserver<int> seen = Start([first, second, third]);

        Assert.Equal([OnNext(370, 3), OnCompleted<int>(370)], seen.Messages);
        Assert.Equal([Subscribed(200, 260)], first.Subscriptions);
        Assert.Equal([Subscribed(260, 370)], second.Subscriptions);
        Assert.Equal([Subscribed(360, 370)], third.Subscriptions);
    }

    [Fact]
    public void Hedge_FirstOfTwoFails_TheSecondGoesOnAndIsAloneFromThen()
    {
        ITestableObservable<int> first = Failing(150);
        ITestableObservable<int> second = Silent();
        ITestableObservable<int> third = Answering(10, 3);

        ITestableObserver<int> seen = Start([first, second, third]);

        Assert.Equal([OnNext(460, 3), OnCompleted<int>(460)], seen.Messages);
        Assert.Equal([Subscribed(200, 350)], first.Subscriptions);
        Assert.Equal([Subscribed(300, 460)], second.Subscriptions);
        Assert.Equal([Subscribed(450, 460)], third.Subscriptions);
    }

    [Fact]
    public void Hedge_SecondFails_TheNextServerTakesItsPlaceAtOnce()
    {
        RawObservable<int> away = RawObservable<int>.Failing(_lost);
        ITestableObservable<int> first = Silent();
        ITestableObservable<int> fourth = Answering(10, 4);

        ITestableObserver<int> seen = Start([first, away, away, fourth]);

        Assert.Equal([OnNext(310, 4), OnCompleted<int>(310)], seen.Messages);
        Assert.Equal(2, away.Subscriptions);
        Assert.Equal([Subscribed(200, 310)], first.Subscriptions);
        Assert.Equal([Subscribed(300, 310)], fourth.Subscriptions);
    }

    [Fact]
    public void Hedge_BothFailAndNoServerIsLeft_HoldsEveryFailureInTheOrderTheyCame()
    {
        Exception[] failures = [new IOException("1"), new IOException("2"), new IOException("3")];

        ITestableObserver<int> seen = Start([Failing(250, failures[0]), Failing(40, failures[1]), Failing(30, failures[2])]);

        Recorded<System.Reactive.Notification<int>> end = Assert.Single(seen.Messages);
        Assert.Equal(450, end.Time);
        Assert.Equal([failures[1], failures[2], failures[0]], Assert.IsType<AggregateException>(end.Value.Exception).InnerExceptions);
    }

    [Fact]
    public void Hedge_NoServerForIt_TheFirstGoesOn()
    {
        ITestableObserver<int> seen = Start([Answering(400, 1)]);

        Assert.Equal([OnNext(600, 1), OnCompleted<int>(600)], seen.Messages);
    }

    [Fact]
    public void Hedge_NotAllowed_TheFirstGoesOnAndTheServerIsLeftForTheFailover()
    {
        ITestableObservable<int> second = Answering(10, 2);
        int asked = 0;

        ITestableObserver<int> seen = _scheduler.Start(() => Groups([Failing(400), second]).FailoverWithHedge(
            server => server,
            After100,
            _scheduler,
            mayHedge: () =>
            {
                asked++;
                return false;
            }));

        Assert.Equal([OnNext(610, 2), OnCompleted<int>(610)], seen.Messages);
        Assert.Equal([Subscribed(600, 610)], second.Subscriptions);
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData(150, 400)]
    [InlineData(400, 50)]
    public void Hedge_FailureMayNotMove_EndsBothWithThatFailureItself(int first, int second)
    {
        ITestableObservable<int>[] servers = [Failing(first), Failing(second)];

        ITestableObserver<int> seen = _scheduler.Start(
            () => Groups(servers).FailoverWithHedge(server => server, After100, _scheduler, failure => failure is TimeoutException));

        Assert.Equal([OnError<int>(350, _lost)], seen.Messages);
        Assert.Equal([Subscribed(200, 350)], servers[0].Subscriptions);
        Assert.Equal([Subscribed(300, 350)], servers[1].Subscriptions);
    }

    [Fact]
    public void Hedge_WinnerFailsAfterItsValue_FailsWithIt()
    {
        ITestableObservable<int> first = _scheduler.CreateColdObservable(OnNext(150, 1), OnNext(160, 2), OnError<int>(170, _lost));
        ITestableObservable<int> second = Silent();
        ITestableObservable<int> third = Silent();

        ITestableObserver<int> seen = Start([first, second, third]);

        Assert.Equal([OnNext(350, 1), OnNext(360, 2), OnError<int>(370, _lost)], seen.Messages);
        Assert.Equal([Subscribed(300, 350)], second.Subscriptions);
        Assert.Empty(third.Subscriptions);
    }

    [Fact]
    public void Hedge_EmptyTry_Completes() => Assert.Equal([OnCompleted<int>(310)], Start([Silent(), _scheduler.CreateColdObservable(OnCompleted<int>(10))]).Messages);

    [Fact]
    public void Hedge_NoServerAtAll_SaysSo() =>
        Assert.IsType<InvalidOperationException>(Assert.Single(Start([], []).Messages).Value.Exception);

    [Fact]
    public void Hedge_Never_IsTheFailoverItself()
    {
        IObservable<int> request = Groups([Silent()]).FailoverWithHedge(server => server, TimeSpan.MaxValue, _scheduler);

        Assert.Equal(Groups([Silent()]).FailoverByPriority(server => server).GetType(), request.GetType());
    }

    [Fact]
    public void Hedge_TwoSubscriptions_EnumerateAnewAndShareNothing()
    {
        ITestableObservable<int> first = Answering(150, 1);
        ITestableObservable<int> second = Answering(90, 2);
        IObservable<int> request = Groups([first, second]).FailoverWithHedge(server => server, After100, _scheduler);
        ITestableObserver<int> one = _scheduler.CreateObserver<int>();
        ITestableObserver<int> two = _scheduler.CreateObserver<int>();

        request.Subscribe(one);
        _scheduler.AdvanceTo(20);
        request.Subscribe(two);
        _scheduler.Start();

        Assert.Equal([OnNext(150, 1), OnCompleted<int>(150)], one.Messages);
        Assert.Equal([OnNext(170, 1), OnCompleted<int>(170)], two.Messages);
        Assert.Equal([Subscribed(100, 150), Subscribed(120, 170)], second.Subscriptions);
    }

    private ITestableObserver<int> Start(params IObservable<int>[][] groups) =>
        _scheduler.Start(() => groups.FailoverWithHedge(server => server, After100, _scheduler).CheckGrammar());

    private ITestableObservable<int> Answering(long after, int value) =>
        _scheduler.CreateColdObservable(OnNext(after, value), OnCompleted<int>(after));

    private ITestableObservable<int> Failing(long after, Exception? failure = null) =>
        _scheduler.CreateColdObservable(OnError<int>(after, failure ?? _lost));

    private ITestableObservable<int> Silent() => _scheduler.CreateColdObservable<int>();

    private static IEnumerable<IEnumerable<T>> Groups<T>(params IEnumerable<T>[] groups) => groups;
}
