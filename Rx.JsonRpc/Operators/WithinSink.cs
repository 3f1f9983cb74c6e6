using System.Reactive.Disposables;

namespace Rx.JsonRpc;

/// <summary>The state of one subscription that <see cref="WithinOperator.Within{T}"/> bounds.</summary>
/// <typeparam name="T">The values.</typeparam>
internal abstract class WithinSink<T> : TimerNode, IObserver<T>, IDisposable
{
    private const int Idle = 0;
    private const int Delivering = 1;
    private const int DueWhileDelivering = 2;
    private const int Ended = 3;

    private IObserver<T> _observer = null!;
    private SingleAssignmentDisposableValue _upstream;
    private int _state;
    private bool _disarmed;
    private ThreadMark _disposal;

    protected TimeSpan Due { get; set; }

    protected bool HasEnded => Volatile.Read(ref _state) == Ended;

    public void Run(IObservable<T> source, IObserver<T> observer)
    {
        _observer = observer;
        bool subscribed = false;
        try
        {
            Arm();
            if (Volatile.Read(ref _state) != Ended) _upstream.Disposable = source.Subscribe(this);
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
            _observer.OnNext(value);
        }
    }

    public void OnError(Exception error)
    {
        if (TryEndBeforeDue()) _observer.OnError(error);
    }

    public void OnCompleted()
    {
        if (TryEndBeforeDue()) _observer.OnCompleted();
    }

    public void Dispose()
    {
        _disposal.Set();
        int before = Interlocked.Exchange(ref _state, Ended);
        Release();
        // From Delivering on, whoever delivers sees to it; from Ended on, it may be another one's already.
        if (before == Idle) GiveUpPlace();
    }

    /// <summary>Sees to it that <see cref="OnDue"/> is called when it is due.</summary>
    protected abstract void Arm();

    /// <summary>Sees to it that it is not. False when it was, or may be at this moment.</summary>
    protected abstract bool TryStop();

    /// <summary>
    /// Nobody knows it any more: who had subscribed it disposed it while it was delivering, on the same thread, and its time had not come.
    /// </summary>
    protected virtual void Recycle()
    {
    }

    /// <summary>Makes it as good as new.</summary>
    protected void Reset()
    {
        _observer = null!;
        _upstream = default;
        _state = Idle;
        _disarmed = false;
        _disposal = default;
    }

    internal override void OnDue()
    {
        // Leaving it to the delivering thread keeps the calls apart without a lock.
        while (!ExpireFrom(Idle))
        {
            int before = Interlocked.CompareExchange(ref _state, DueWhileDelivering, Delivering);
            if (before is Delivering or Ended) break;
        }
    }

    private void Deliver(T value)
    {
        bool returned = false;
        try
        {
            _observer.OnNext(value);
            returned = true;
        }
        finally
        {
            if (!returned)
            {
                Dispose();
                GiveUpPlace();
            }
        }
        int before = Interlocked.CompareExchange(ref _state, Idle, Delivering);
        if (before == DueWhileDelivering) ExpireFrom(DueWhileDelivering);
        else if (before == Ended) End();
    }

    private void End()
    {
        if (_disarmed && _disposal.IsHere) Recycle();
        else GiveUpPlace();
    }

    private bool ExpireFrom(int state)
    {
        if (Interlocked.CompareExchange(ref _state, Ended, state) != state) return false;
        Release();
        _observer.OnError(new TimeoutException($"The sequence did not end within {Due}."));
        return true;
    }

    private bool TryEndBeforeDue()
    {
        bool wasIdle = Interlocked.CompareExchange(ref _state, Ended, Idle) == Idle;
        if (!wasIdle && Interlocked.CompareExchange(ref _state, Ended, Delivering) != Delivering) return false;
        Release();
        if (wasIdle) GiveUpPlace();
        return true;
    }

    private void Release()
    {
        if (TryStop()) _disarmed = true;
        _upstream.Dispose();
    }
}
