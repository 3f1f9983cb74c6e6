using System.Reactive;
using System.Reactive.Threading.Tasks;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Transport;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Transport;

public class StaggeredRaceTests
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromTicks(250);

    private readonly TestScheduler _scheduler = new();
    private readonly CancellationTokenSource _cancel = new();

    [Fact]
    public void Race_FirstSucceedsInItsHeadStart_NoOtherStarts()
    {
        var link = new Link();
        ITestableObservable<Link> first = Attempt(OnNext(249, link), OnCompleted<Link>(249));
        ITestableObservable<Link> second = Attempt();

        Task<Link> race = Run(first, second);
        _scheduler.AdvanceTo(1000);

        Assert.Same(link, Winner(race));
        Assert.Equal([Subscribed(0, 249)], first.Subscriptions);
        Assert.Empty(second.Subscriptions);
        Assert.False(link.IsDisposed);
    }

    [Fact]
    public void Race_FirstIsSilent_OthersJoinEveryHeadStartAndLosersAreCancelled()
    {
        var link = new Link();
        ITestableObservable<Link> first = Attempt();
        ITestableObservable<Link> second = Attempt();
        ITestableObservable<Link> third = Attempt(OnNext(10, link), OnCompleted<Link>(10));
        ITestableObservable<Link> fourth = Attempt();

        Task<Link> race = Run(first, second, third, fourth);
        _scheduler.AdvanceTo(5000);

        Assert.Same(link, Winner(race));
        Assert.Equal([Subscribed(0, 510)], first.Subscriptions);
        Assert.Equal([Subscribed(250, 510)], second.Subscriptions);
        Assert.Equal([Subscribed(500, 510)], third.Subscriptions);
        Assert.Empty(fourth.Subscriptions);
    }

    [Fact]
    public void Race_AttemptFails_NextStartsAtOnceWithAWholeHeadStart()
    {
        ITestableObservable<Link> first = Attempt(OnError<Link>(40, new IOException("first")));
        ITestableObservable<Link> second = Attempt();
        ITestableObservable<Link> third = Attempt(OnNext(5, new Link()), OnCompleted<Link>(5));

        Task<Link> race = Run(first, second, third);
        _scheduler.AdvanceTo(1000);

        Assert.False(Winner(race).IsDisposed);
        Assert.Equal([Subscribed(40, 295)], second.Subscriptions);
        Assert.Equal([Subscribed(290, 295)], third.Subscriptions);
    }

    [Fact]
    public void Race_SlowFirstSucceedsAfterLastStarted_FirstWins()
    {
        var link = new Link();
        ITestableObservable<Link> first = Attempt(OnNext(900, link), OnCompleted<Link>(900));
        ITestableObservable<Link> second = Attempt(OnError<Link>(10, new IOException("second")));

        Task<Link> race = Run(first, second);
        _scheduler.AdvanceTo(1000);

        Assert.Same(link, Winner(race));
        Assert.Equal([Subscribed(250, 260)], second.Subscriptions);
    }

    [Fact]
    public void Race_LoserSucceedsDespiteCancellation_LoserIsClosed()
    {
        var deaf = new TaskCompletionSource<Link>();
        var late = new Link();
        var link = new Link();

        Task<Link> race = StaggeredRace<int, Link>.RunAsync(
            [0, 1],
            (which, _) => which == 0 ? new ValueTask<Link>(deaf.Task) : ValueTask.FromResult(link),
            HeadStart,
            _scheduler,
            _cancel.Token);
        _scheduler.AdvanceTo(250);
        deaf.SetResult(late);

        Assert.Same(link, Winner(race));
        Assert.True(late.IsDisposed);
        Assert.False(link.IsDisposed);
    }

    [Fact]
    public void Race_AllFail_EveryFailureIsReported()
    {
        var first = new IOException("first");
        var second = new IOException("second");
        var third = new IOException("third");

        Task<Link> race = Run(Attempt(OnError<Link>(300, first)), Attempt(OnError<Link>(10, second)), Attempt(OnError<Link>(10, third)));
        _scheduler.AdvanceTo(300);

        Assert.Equal([second, third, first], Failures(race));
    }

    [Fact]
    public void Race_AttemptsThrowWhileStarting_EveryFailureIsReportedAtOnce()
    {
        Task<Link> race = StaggeredRace<int, Link>.RunAsync(
            [.. Enumerable.Range(0, 500)], (which, _) => throw new IOException($"{which}"), HeadStart, _scheduler, _cancel.Token);

        Assert.Equal(Enumerable.Range(0, 500).Select(which => $"{which}"), Failures(race).Select(failure => failure.Message));
    }

    [Fact]
    public void Race_Cancelled_AllAttemptsEndAndNoneStarts()
    {
        ITestableObservable<Link> first = Attempt();
        ITestableObservable<Link> second = Attempt();
        ITestableObservable<Link> third = Attempt();

        Task<Link> race = Run(first, second, third);
        _scheduler.AdvanceTo(300);
        _cancel.Cancel();
        _scheduler.AdvanceTo(1000);

        Assert.True(race.IsCanceled);
        Assert.Equal([Subscribed(0, 300)], first.Subscriptions);
        Assert.Equal([Subscribed(250, 300)], second.Subscriptions);
        Assert.Empty(third.Subscriptions);
    }

    [Fact]
    public void Race_CancelledBeforehand_NothingStarts()
    {
        _cancel.Cancel();
        ITestableObservable<Link> first = Attempt();

        Task<Link> race = Run(first);

        Assert.True(race.IsCanceled);
        Assert.Empty(first.Subscriptions);
    }

    private Task<Link> Run(params ITestableObservable<Link>[] attempts) => StaggeredRace<ITestableObservable<Link>, Link>.RunAsync(
        attempts, (attempt, token) => new ValueTask<Link>(attempt.ToTask(token)), HeadStart, _scheduler, _cancel.Token);

    private ITestableObservable<Link> Attempt(params Recorded<Notification<Link>>[] messages) => _scheduler.CreateColdObservable(messages);

    private static Link Winner(Task<Link> race)
    {
        Assert.True(race.IsCompleted);
        return race.GetAwaiter().GetResult();
    }

    private static IEnumerable<Exception> Failures(Task<Link> race) =>
        Assert.IsType<AggregateException>(race.Exception!.InnerException).InnerExceptions;

    private sealed class Link : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
