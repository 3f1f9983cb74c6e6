namespace Rx.JsonRpc;

/// <summary>
/// The state of one subscription that observes one source after another until one of them does not fail. What comes next is decided in
/// <see cref="Next"/>, never on two threads at once and never inside itself: failures, waits that are over and Dispose only raise a
/// count, and whoever raises it from zero works it off. So a source that fails inside Subscribe costs a turn of a loop, not a stack frame.
/// </summary>
/// <typeparam name="T">The values.</typeparam>
internal abstract class AttemptsSink<T> : IObserver<T>, IDisposable
{
    private IObserver<T> _observer;
    private IDisposable? _current;
    private Exception? _failure;
    private volatile bool _observing;
    private int _ended;
    private int _signals;
    private ThreadMark _release;

    protected AttemptsSink(IObserver<T> observer) => _observer = observer;

    private bool HasEnded => Volatile.Read(ref _ended) != 0;

    public virtual void OnNext(T value)
    {
        if (!_observing || HasEnded) return;
        _observer.OnNext(value);
        if (_release.IsHere) Recycle();
    }

    public void OnError(Exception error)
    {
        if (!_observing) return;
        _observing = false;
        _failure = error;
        Signal();
    }

    public void OnCompleted()
    {
        if (!_observing || !TryEnd()) return;
        try
        {
            Signal();
        }
        finally
        {
            _observer.OnCompleted();
        }
    }

    public void Dispose()
    {
        if (TryEnd()) Signal();
    }

    /// <summary>Starts, or says that a wait is over.</summary>
    protected void Signal()
    {
        if (Interlocked.Increment(ref _signals) != 1) return;
        do
        {
            if (HasEnded)
            {
                // The count stays above zero: nothing enters any more.
                Release();
                _release.Set();
                return;
            }
            if (!TryGoOn()) return;
        }
        while (Interlocked.Decrement(ref _signals) != 0);
    }

    /// <summary>Says what to observe next. What it throws ends the sequence.</summary>
    /// <param name="failure">What the last source failed with; null at the start and when a wait is over.</param>
    /// <param name="end">Set to what the sequence ends with, if it does.</param>
    /// <returns>The next source; null when the sequence ends or a wait began.</returns>
    protected abstract IObservable<T>? Next(Exception? failure, ref Exception? end);

    /// <summary>Keeps what stands for a wait, so that Dispose ends it.</summary>
    /// <param name="wait">The wait.</param>
    protected void KeepWait(IDisposable wait) => Keep(wait);

    /// <summary>Lets go of what <see cref="Next"/> holds; called once, never beside it.</summary>
    protected virtual void Release()
    {
    }

    /// <summary>
    /// Nobody knows it any more: who had subscribed it disposed it while it was passing a value, on the same thread, and nothing else was
    /// under way.
    /// </summary>
    protected virtual void Recycle()
    {
    }

    /// <summary>Makes it as good as new, for another observer.</summary>
    protected void Reset(IObserver<T> observer)
    {
        _observer = observer;
        _observing = false;
        _ended = 0;
        _signals = 0;
        _release = default;
    }

    private bool TryGoOn()
    {
        Exception? failure = _failure;
        Exception? end = null;
        IObservable<T>? next = null;
        _failure = null;
        if (failure is not null) Keep(null);
        try
        {
            next = Next(failure, ref end);
        }
        catch (Exception thrown)
        {
            end = thrown;
        }
        if (end is null)
        {
            if (next is not null && !HasEnded) Observe(next);
            return true;
        }
        bool first = TryEnd();
        try
        {
            Release();
        }
        finally
        {
            if (first) _observer.OnError(end);
        }
        return false;
    }

    private void Observe(IObservable<T> source)
    {
        bool subscribed = false;
        try
        {
            _observing = true;
            Keep(source.Subscribe(this));
            subscribed = true;
        }
        finally
        {
            // Usually it is the observer that threw, out of a source that spoke inside Subscribe: it wants nothing more.
            if (!subscribed)
            {
                TryEnd();
                Release();
            }
        }
    }

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return false;
        Interlocked.Exchange(ref _current, null)?.Dispose();
        return true;
    }

    private void Keep(IDisposable? next)
    {
        Interlocked.Exchange(ref _current, next)?.Dispose();
        // Ended meanwhile: then either this or TryEnd finds it, for both look after they wrote.
        if (HasEnded) Interlocked.Exchange(ref _current, null)?.Dispose();
    }
}
