using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>
/// When an operator's sink serves again: disposed while it delivers, on the same thread, its timer out of the queue before it was due.
/// What this thread kept last it takes first, so the next one made shows it.
/// </summary>
public class SinksServeAgainTests
{
    private static readonly TimeSpan Due = TimeSpan.FromSeconds(1);

    private readonly ClockThatCallsBack _clock = new();
    private readonly TimerQueue _timers;
    private IObserver<int> _source = null!;

    public SinksServeAgainTests()
    {
        _timers = new TimerQueue(_clock);
        // So each test has one that has served before, and sees what it was not rid of.
        Dispose(Within(), handle => handle.Dispose());
        Dispose(Failover(), handle => handle.Dispose());
    }

    [Fact]
    public void Within_DisposedWhileItDelivers_ServesAgain()
    {
        IObservable<int> within = Within();
        Dispose(within, handle => handle.Dispose());
        Assert.Same(within, Within());
    }

    [Fact]
    public void Within_DisposedWhileItDeliversOnAnotherThread_IsLeftToTheCollector()
    {
        IObservable<int> within = Within();
        Dispose(within, handle => OnAnotherThread(handle.Dispose));
        Assert.NotSame(within, Within());
    }

    [Fact]
    public void Within_DisposedBetweenTwoValues_IsLeftToTheCollector()
    {
        IObservable<int> within = Within();
        IDisposable handle = within.Subscribe(_ => { });
        _source.OnNext(1);
        handle.Dispose();
        _source.OnNext(2);
        Assert.NotSame(within, Within());
    }

    [Fact]
    public void Within_ValueInsideSubscribe_IsLeftToTheCollector()
    {
        IObservable<int> within = Speaking().WithinOnce(Due, _timers);
        within.Subscribe(_ => { }).Dispose();
        Assert.NotSame(within, Within());
    }

    [Fact]
    public void Within_DisposedWhileItsTimeComes_FailsNoLaterOne()
    {
        IObservable<int> within = Within();
        IDisposable handle = Disposable.Empty;
        handle = within.Subscribe(_ => handle.Dispose());
        IObserver<int> source = _source;
        Within(2 * Due).Subscribe(_ => { }, _ => { });
        var later = new Answers<int>(() => 0);
        // The queue asks the clock for the next one after it has taken out the one that is due, and before it calls that one.
        _clock.Asked = () =>
        {
            source.OnNext(1);
            Within().Subscribe(later);
        };

        _clock.Fire(Due);

        Assert.Null(_clock.Asked);
        Assert.True(later.Silent);
    }

    [Fact]
    public void Within_DisposedWhileItDelivers_KeepsItsPlace()
    {
        IObservable<int> within = Within();
        Dispose(within, handle => handle.Dispose());
        Assert.Same(_timers, QueueOf(within));
    }

    [Fact]
    public void Within_MoreThanAreKept_GiveUpTheirPlaces()
    {
        // Each shelf that is full goes to the shared ones, until there is no room for more.
        const int MoreThanAreKept = 64 * 32 + 2 * 64;
        IObservable<int>[] all = new IObservable<int>[MoreThanAreKept];
        var disposals = new List<Action>();
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = Within();
            IDisposable handle = Disposable.Empty;
            handle = all[i].Subscribe(_ => handle.Dispose());
            IObserver<int> source = _source;
            disposals.Add(() => source.OnNext(1));
        }
        disposals.ForEach(dispose => dispose());

        Assert.Contains(all, within => QueueOf(within) is null);
        Assert.Contains(all, within => QueueOf(within) is not null);
    }

    [Fact]
    public void Within_NotToServeAgain_GivesUpItsPlace()
    {
        IObservable<int> elsewhere = Within();
        Dispose(elsewhere, handle => OnAnotherThread(handle.Dispose));

        IObservable<int> between = Within();
        between.Subscribe(_ => { }).Dispose();

        IObservable<int> failed = Within();
        failed.Subscribe(_ => { }, _ => { });
        _source.OnError(new InvalidOperationException());

        IObservable<int> completed = Within();
        completed.Subscribe(_ => { });
        _source.OnCompleted();

        IObservable<int> completedInside = Within();
        completedInside.Subscribe(_ => _source.OnCompleted());
        _source.OnNext(1);

        IObservable<int> thrown = Within();
        thrown.Subscribe(_ => throw new InvalidOperationException());
        Assert.Throws<InvalidOperationException>(() => _source.OnNext(1));

        Assert.All([elsewhere, between, failed, completed, completedInside, thrown], within => Assert.Null(QueueOf(within)));
    }

    [Fact]
    public void Failover_DisposedWhileItDelivers_ServesAgain()
    {
        FailoverOnce<int, int> failover = Failover();
        Dispose(failover, handle => handle.Dispose());
        Assert.Same(failover, Failover());
    }

    [Fact]
    public void Failover_DisposedWhileItDeliversOnAnotherThread_IsLeftToTheCollector()
    {
        FailoverOnce<int, int> failover = Failover();
        Dispose(failover, handle => OnAnotherThread(handle.Dispose));
        Assert.NotSame(failover, Failover());
    }

    [Fact]
    public void Failover_ValueInsideSubscribe_IsLeftToTheCollector()
    {
        var failover = FailoverOnce<int, int>.Of([[1]], new OneStep(Speaking()));
        failover.Subscribe(_ => { }).Dispose();
        Assert.NotSame(failover, Failover());
    }

    [Fact]
    public void Failover_FailedAndSubscribedAgain_IsNotUsedByOthersMeanwhile()
    {
        FailoverOnce<int, int> failover = Failover();
        failover.Subscribe(_ => { }, _ => { });
        _source.OnError(new InvalidOperationException());

        Dispose(failover, handle => handle.Dispose());

        Assert.NotSame(failover, Failover());
    }

    private static TimerQueue? QueueOf(IObservable<int> within) => ((TimerNode)within).Queue;

    private IObservable<int> Within(TimeSpan? due = null) => Source().WithinOnce(due ?? Due, _timers);

    private FailoverOnce<int, int> Failover() => FailoverOnce<int, int>.Of([[1]], new OneStep(Source()));

    private static RawObservable<int> Speaking() => new(observer => observer.OnNext(1));

    private RawObservable<int> Source() => new(observer => _source = observer);

    /// <summary>Has it disposed from inside its OnNext.</summary>
    private void Dispose(IObservable<int> sink, Action<IDisposable> dispose)
    {
        IDisposable handle = Disposable.Empty;
        handle = sink.Subscribe(_ => dispose(handle));
        _source.OnNext(1);
    }

    private static void OnAnotherThread(Action action)
    {
        var other = new Thread(() => action());
        other.Start();
        other.Join();
    }

    private sealed class OneStep(IObservable<int> source) : IFailoverSteps<int, int>
    {
        public IObservable<int> TryOn(int server) => source;

        public bool MayMove(Exception failure) => true;

        public bool MayGoRoundAgain() => false;
    }

    /// <summary>A clock that calls back once when it is asked for a call.</summary>
    private sealed class ClockThatCallsBack : LocalScheduler, IStopwatch
    {
        private Action? _first;

        public Action? Asked { get; set; }

        public TimeSpan Elapsed { get; private set; }

        public override DateTimeOffset Now => DateTimeOffset.UnixEpoch + Elapsed;

        public void Fire(TimeSpan at)
        {
            Elapsed = at;
            _first!();
        }

        public override IStopwatch StartStopwatch() => this;

        public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            _first ??= () => action(this, state);
            Action? asked = Asked;
            Asked = null;
            asked?.Invoke();
            return Disposable.Empty;
        }
    }
}
