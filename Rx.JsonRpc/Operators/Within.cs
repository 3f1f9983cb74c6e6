using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.JsonRpc;

/// <summary>Holds <see cref="Within{T}"/>.</summary>
public static class WithinOperator
{
    /// <summary>Bounds a whole sequence: it fails unless it ends before <paramref name="due"/> has passed since the subscription.</summary>
    /// <typeparam name="T">The values.</typeparam>
    /// <param name="source">The sequence.</param>
    /// <param name="due">
    /// How long it may take. Zero or less: no time is left. <see cref="TimeSpan.MaxValue"/> and
    /// <see cref="Timeout.InfiniteTimeSpan"/> (which is -1 ms: bring a computed rest of time to zero before it comes here): no bound.
    /// </param>
    /// <param name="scheduler">The clock.</param>
    /// <returns>The bounded sequence; with no bound, <paramref name="source"/> itself.</returns>
    /// <remarks>
    /// One timer per subscription, armed before the source is subscribed and never re-armed.
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>value</term><description>Passes; the timer runs on.</description></item>
    /// <item><term>error</term><description>Disposes the timer, passes.</description></item>
    /// <item><term>completion</term><description>Disposes the timer, passes.</description></item>
    /// <item><term>due</term><description>
    /// Disposes the source, then fails with <see cref="TimeoutException"/>. While a value is being observed on another thread the timeout
    /// waits until the observer returns.
    /// </description></item>
    /// <item><term>dispose</term><description>Disposes the timer and the source.</description></item>
    /// <item><term>empty source</term><description>Completes.</description></item>
    /// <item><term>no time left</term><description>Fails at once; the source is not subscribed.</description></item>
    /// </list>
    /// </remarks>
    public static IObservable<T> Within<T>(this IObservable<T> source, TimeSpan due, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(scheduler);
        bool unbounded = due == TimeSpan.MaxValue || due == Timeout.InfiniteTimeSpan;
        return unbounded ? source : new Recipe<T>(source, due, scheduler);
    }

    /// <summary>
    /// The same on a queue that many timeouts share. What it gives is made for one subscription, is its own sink, and serves again
    /// afterwards: who subscribes it disposes it once, and knows nothing of it any more.
    /// </summary>
    /// <param name="source">The sequence.</param>
    /// <param name="due">How long it may take.</param>
    /// <param name="timers">The queue.</param>
    /// <param name="look">What is asked before it fails.</param>
    internal static IObservable<T> WithinOnce<T>(this IObservable<T> source, TimeSpan due, TimerQueue timers, ILastLook? look = null)
    {
        bool unbounded = due == TimeSpan.MaxValue || due == Timeout.InfiniteTimeSpan;
        return unbounded ? source : Once<T>.Of(source, due, timers, look);
    }

    private static IDisposable NoTimeLeft<T>(IObserver<T> observer, TimeSpan due)
    {
        observer.OnError(new TimeoutException($"No time was left: {due}."));
        return Disposable.Empty;
    }

    private sealed class Recipe<T>(IObservable<T> source, TimeSpan due, IScheduler scheduler) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            if (due <= TimeSpan.Zero) return NoTimeLeft(observer, due);
            var sink = new Sink<T>(due, scheduler);
            sink.Run(source, observer);
            return sink;
        }
    }

    private sealed class Sink<T> : WithinSink<T>
    {
        private readonly IScheduler _scheduler;
        private SingleAssignmentDisposableValue _timer;

        public Sink(TimeSpan due, IScheduler scheduler)
        {
            Due = due;
            _scheduler = scheduler;
        }

        protected override void Arm() => _timer.Disposable = _scheduler.After(Due, this, static sink => sink.OnDue());

        protected override bool TryStop()
        {
            _timer.Dispose();
            return false;
        }
    }

    private sealed class Once<T> : WithinSink<T>, IObservable<T>, IThreadPoolWorkItem
    {
        private IObservable<T> _source = null!;
        private TimerQueue _timers = null!;
        private ILastLook? _look;
        private LastLook _lastLook;

        public static Once<T> Of(IObservable<T> source, TimeSpan due, TimerQueue timers, ILastLook? look = null)
        {
            if (!Spares<Once<T>>.TryTake(out Once<T>? once)) once = new Once<T>();
            once._source = source;
            once._timers = timers;
            once._look = look;
            once.Due = due;
            return once;
        }

        public IDisposable Subscribe(IObserver<T> observer)
        {
            if (Due <= TimeSpan.Zero) return NoTimeLeft(observer, Due);
            Run(_source, observer);
            return this;
        }

        protected override void Arm() => _timers.Arm(this, Due);

        // One that looked again may be looking at this moment: it does not serve again.
        protected override bool TryStop() => TryDisarm() && !_lastLook.IsBegun;

        internal override void OnDue()
        {
            if (_look is not { AwaitsReply: true } look)
            {
                base.OnDue();
                return;
            }
            _lastLook.Begin(TimerQueue.DueAt(this));
            // Behind what is queued there: what has been received, and what was to be sent.
            if (look.ComesByThreadPool) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            else Look();
        }

        void IThreadPoolWorkItem.Execute() => Look();

        protected override void Recycle()
        {
            Reset();
            _source = null!;
            _timers = null!;
            _look = null;
            if (!Spares<Once<T>>.Keep(this)) GiveUpPlace();
        }

        private void Look()
        {
            if (HasEnded) return;
            TimeSpan again = _lastLook.Again(_look!, Due, TimerQueue.DueAt(this), _timers.Now);
            if (again > TimeSpan.Zero) _timers.Arm(this, again);
            else base.OnDue();
        }
    }
}
