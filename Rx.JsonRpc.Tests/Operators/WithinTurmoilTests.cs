using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>Calls that come inside or beside other calls.</summary>
public class WithinTurmoilTests
{
    private readonly TestScheduler _scheduler = new();

    [Fact]
    public void Within_DisposedInsideOnNext_DeliversNothingMore()
    {
        var source = new Subject<int>();
        var seen = new List<string>();
        var subscription = new SingleAssignmentDisposable();
        subscription.Disposable = source.Within(Ticks(5), _scheduler).Subscribe(
            value =>
            {
                seen.Add($"{value}");
                _scheduler.AdvanceBy(10);
                subscription.Dispose();
            },
            _ => seen.Add("failed"));

        source.OnNext(1);
        source.OnNext(2);
        _scheduler.AdvanceBy(10);

        Assert.Equal(["1"], seen);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void Within_DueInsideOnNext_FailsWhenItReturns()
    {
        var source = new Subject<int>();
        var seen = new List<string>();
        using IDisposable subscription = source.Within(Ticks(5), _scheduler).CheckGrammar().Subscribe(
            value =>
            {
                _scheduler.AdvanceBy(10);
                seen.Add($"{value}");
            },
            _ => seen.Add("failed"));

        source.OnNext(1);

        Assert.Equal(["1", "failed"], seen);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void Within_SourceSpeaksInsideOnNext_PassesInOrder()
    {
        var source = new Subject<int>();
        var seen = new List<string>();
        using IDisposable subscription = source.Within(Ticks(5), _scheduler).Subscribe(
            value =>
            {
                seen.Add($"{value}");
                if (value == 1) source.OnNext(2);
                else source.OnCompleted();
            },
            () => seen.Add("completed"));

        source.OnNext(1);
        _scheduler.Start();

        Assert.Equal(["1", "2", "completed"], seen);
    }

    [Fact]
    public void Within_ObserverThrows_LetsGoOfTimerAndSource()
    {
        var clock = new CountingScheduler();
        var source = new Subject<int>();
        using IDisposable subscription = source.Within(Ticks(5), clock).Subscribe(Observer.Create<int>(_ => throw new IOException()));

        Assert.Throws<IOException>(() => source.OnNext(1));

        Assert.False(source.HasObservers);
        Assert.Equal(1, clock.Disposed);
    }

    [Fact]
    public void Within_SourceGoesOnAfterItsEnd_NothingFollows()
    {
        var watch = new GrammarObserver<int>();
        var source = new RawObservable<int>(observer =>
        {
            observer.OnCompleted();
            observer.OnNext(1);
            observer.OnError(new IOException());
        });

        source.Within(Ticks(5), _scheduler).Subscribe(watch);
        _scheduler.Start();

        Assert.Equal((0, 1), (watch.Values, watch.Terminals));
        Assert.Empty(watch.Faults);
    }

    [Fact]
    public void Within_NullArguments_Throw()
    {
        Assert.Throws<ArgumentNullException>(() => ((IObservable<int>)null!).Within(Ticks(1), _scheduler));
        Assert.Throws<ArgumentNullException>(() => Observable.Never<int>().Within(Ticks(1), null!));
        Assert.Throws<ArgumentNullException>(() => Observable.Never<int>().Within(Ticks(1), _scheduler).Subscribe(null!));
    }

    [Fact]
    public void Within_TimerAndSourceRace_ExactlyOneTerminalAndNoOverlap() =>
        Race.Run(
            20_000,
            () => new RacedRound(),
            round =>
            {
                round.Source.OnNext(1);
                round.Source.OnNext(2);
                round.Source.OnCompleted();
            },
            round => round.Clock.Fire(),
            round =>
            {
                Assert.Empty(round.Watch.Faults);
                Assert.Equal(1, round.Watch.Terminals);
                Assert.False(round.Source.HasObservers);
            });

    [Fact]
    public void Within_TimerAndDisposeRace_AtMostOneTerminal() =>
        Race.Run(
            20_000,
            () => new RacedRound(),
            round =>
            {
                round.Source.OnNext(1);
                round.Subscription.Dispose();
                round.Watch.Disposed();
            },
            round => round.Clock.Fire(),
            round =>
            {
                Assert.Empty(round.Watch.Faults);
                Assert.InRange(round.Watch.Terminals, 0, 1);
                Assert.False(round.Source.HasObservers);
            });

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);

    private sealed class RacedRound
    {
        public RacedRound() => Subscription = Source.Within(Ticks(5), Clock).Subscribe(Watch);

        public CountingScheduler Clock { get; } = new();

        public Subject<int> Source { get; } = new();

        public GrammarObserver<int> Watch { get; } = new();

        public IDisposable Subscription { get; }
    }
}
