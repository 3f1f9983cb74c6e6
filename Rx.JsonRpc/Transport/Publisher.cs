using System.Collections.Concurrent;
using System.Reactive.Subjects;

namespace Rx.JsonRpc.Transport;

/// <summary>
/// A hot observable that many threads feed: values wait in a bounded queue and reach the observers one after the other, in order, on the
/// continuation scheduler.
/// </summary>
internal sealed class Publisher<T> : IObservable<T>
{
    private readonly Subject<T> _subject = new();
    private readonly Guarded<T> _guarded;
    private readonly ConcurrentQueue<T> _waiting = new();
    private readonly Continuations _continuations;
    private readonly int _most;
    private readonly Action<T>? _unheard;
    private readonly Action<T>? _left;
    private int _count;
    private int _draining;
    private readonly TaskCompletionSource _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _completed;

    /// <param name="continuations">Where the observers are called.</param>
    /// <param name="most">How many values may wait.</param>
    /// <param name="thrown">Gets what an observer threw, and the value unless it was the completion. The observer is unsubscribed.</param>
    /// <param name="unheard">Called for each value that nobody observes any more when its turn comes; null to drop it.</param>
    /// <param name="left">Called once for each value that was taken, when it waits no more and before it is observed.</param>
    public Publisher(Continuations continuations, int most, Action<T?, Exception> thrown, Action<T>? unheard = null, Action<T>? left = null)
    {
        _guarded = new Guarded<T>(_subject, thrown);
        _continuations = continuations;
        _most = most;
        _unheard = unheard;
        _left = left;
    }

    /// <summary>Whether what is published reaches anybody.</summary>
    public bool HasObservers => _subject.HasObservers;

    public IDisposable Subscribe(IObserver<T> observer) => _guarded.Subscribe(observer);

    /// <summary>Queues a value; false when the queue is full. <see cref="Flush"/> sends it on its way.</summary>
    public bool TryAdd(T value)
    {
        if (!_subject.HasObservers)
        {
            _left?.Invoke(value);
            _unheard?.Invoke(value);
            return true;
        }
        if (Interlocked.Increment(ref _count) > _most)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        _waiting.Enqueue(value);
        return true;
    }

    /// <summary>Never called under a lock: with inline continuations the observers run inside.</summary>
    public void Flush()
    {
        if (_waiting.IsEmpty && Volatile.Read(ref _completed) != 1) return;
        if (Interlocked.Exchange(ref _draining, 1) == 0) _continuations.Schedule(static self => ((Publisher<T>)self!).Drain(), this);
    }

    public bool TryPublish(T value)
    {
        bool added = TryAdd(value);
        Flush();
        return added;
    }

    /// <summary>Completes the observers once what waits has been delivered.</summary>
    /// <returns>Completes when they have seen it.</returns>
    public Task Complete()
    {
        Interlocked.CompareExchange(ref _completed, 1, 0);
        Flush();
        return _delivered.Task;
    }

    private void Drain()
    {
        try
        {
            while (_waiting.TryDequeue(out T? value))
            {
                Interlocked.Decrement(ref _count);
                _left?.Invoke(value);
                if (_unheard is null || _subject.HasObservers) _subject.OnNext(value);
                else _unheard(value);
            }
            if (Interlocked.CompareExchange(ref _completed, 2, 1) == 1)
            {
                _subject.OnCompleted();
                _delivered.TrySetResult();
            }
        }
        finally
        {
            // A full fence: the look at the queue in Flush must not move before it, or a value put in between would wait for the next one.
            Interlocked.Exchange(ref _draining, 0);
        }
        // A value that came after the last look, while this thread still held the role, would otherwise wait for the next one.
        Flush();
    }
}
