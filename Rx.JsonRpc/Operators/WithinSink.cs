using System.Reactive.Disposables;

namespace Rx.JsonRpc;

/// <summary>The state of one subscription that <see cref="WithinOperator.Within{T}"/> bounds.</summary>
/// <typeparam name="T">The values.</typeparam>
internal abstract class WithinSink<T>(TimeSpan due) : TimerNode, IObserver<T>, IDisposable
{
    private const int Idle = 0;
    private const int Delivering = 1;
    private const int DueWhileDelivering = 2;
    private const int Ended = 3;

    private IObserver<T> _observer = null!;
    private SingleAssignmentDisposableValue _upstream;
    private int _state;

    protected TimeSpan Due => due;

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
        Volatile.Write(ref _state, Ended);
        Release();
    }

    /// <summary>Sees to it that <see cref="OnDue"/> is called when it is due.</summary>
    protected abstract void Arm();

    /// <summary>Sees to it that it is not, if it was not yet.</summary>
    protected abstract void Disarm();

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
            if (!returned) Dispose();
        }
        if (Interlocked.CompareExchange(ref _state, Idle, Delivering) == DueWhileDelivering) ExpireFrom(DueWhileDelivering);
    }

    private bool ExpireFrom(int state)
    {
        if (Interlocked.CompareExchange(ref _state, Ended, state) != state) return false;
        Release();
        _observer.OnError(new TimeoutException($"The sequence did not end within {due}."));
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
        Disarm();
        _upstream.Dispose();
    }
}
