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

    private sealed class Recipe<T>(IObservable<T> source, TimeSpan due, IScheduler scheduler) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            if (due <= TimeSpan.Zero)
            {
                observer.OnError(new TimeoutException($"No time was left: {due}."));
                return Disposable.Empty;
            }
            var sink = new Sink<T>(observer, due);
            sink.Run(source, scheduler);
            return sink;
        }
    }

    private sealed class Sink<T>(IObserver<T> observer, TimeSpan due) : IObserver<T>, IDisposable
    {
        private const int Idle = 0;
        private const int Delivering = 1;
        private const int DueWhileDelivering = 2;
        private const int Ended = 3;

        private SingleAssignmentDisposableValue _timer;
        private SingleAssignmentDisposableValue _upstream;
        private int _state;

        public void Run(IObservable<T> source, IScheduler scheduler)
        {
            _timer.Disposable = scheduler.Schedule(this, due, static (_, sink) => sink.OnDue());
            if (Volatile.Read(ref _state) == Ended) return;
            bool subscribed = false;
            try
            {
                _upstream.Disposable = source.Subscribe(this);
                subscribed = true;
            }
            finally
            {
                if (!subscribed) Dispose();
            }
        }

        public void OnNext(T value)
        {
            int before = Interlocked.CompareExchange(ref _state, Delivering, Idle);
            if (before == Idle)
            {
                Deliver(value);
            }
            else if (before == Delivering)
            {
                // The observer made the source speak from within OnNext; the outer call keeps the state.
                observer.OnNext(value);
            }
        }

        public void OnError(Exception error)
        {
            if (TryEndBeforeDue()) observer.OnError(error);
        }

        public void OnCompleted()
        {
            if (TryEndBeforeDue()) observer.OnCompleted();
        }

        public void Dispose()
        {
            Volatile.Write(ref _state, Ended);
            Release();
        }

        private void Deliver(T value)
        {
            bool returned = false;
            try
            {
                observer.OnNext(value);
                returned = true;
            }
            finally
            {
                if (!returned) Dispose();
            }
            if (Interlocked.CompareExchange(ref _state, Idle, Delivering) == DueWhileDelivering) ExpireFrom(DueWhileDelivering);
        }

        private IDisposable OnDue()
        {
            // Leaving it to the delivering thread keeps the calls apart without a lock.
            while (!ExpireFrom(Idle))
            {
                int before = Interlocked.CompareExchange(ref _state, DueWhileDelivering, Delivering);
                if (before is Delivering or Ended) break;
            }
            return Disposable.Empty;
        }

        private bool ExpireFrom(int state)
        {
            if (Interlocked.CompareExchange(ref _state, Ended, state) != state) return false;
            Release();
            observer.OnError(new TimeoutException($"The sequence did not end within {due}."));
            return true;
        }

        private bool TryEndBeforeDue()
        {
            bool ended = Interlocked.CompareExchange(ref _state, Ended, Idle) == Idle
                || Interlocked.CompareExchange(ref _state, Ended, Delivering) == Delivering;
            if (ended) Release();
            return ended;
        }

        private void Release()
        {
            _timer.Dispose();
            _upstream.Dispose();
        }
    }
}
