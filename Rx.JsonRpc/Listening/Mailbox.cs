using System.Collections.Concurrent;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Listening;

/// <summary>
/// Delivers items one after the other, in the order of their posting, on the continuation scheduler. Whoever posts bounds what waits.
/// </summary>
internal sealed class Mailbox<T>
{
    private readonly ConcurrentQueue<T> _waiting = new();
    private readonly Continuations _continuations;
    private readonly Action<T> _deliver;
    private int _draining;

    /// <param name="continuations">Where it delivers.</param>
    /// <param name="deliver">Takes one item; does not throw.</param>
    public Mailbox(Continuations continuations, Action<T> deliver)
    {
        _continuations = continuations;
        _deliver = deliver;
    }

    public void Post(T item)
    {
        _waiting.Enqueue(item);
        // The item is there before the look at who drains, as Drain takes back its flag before it looks for items. Only looked at: written
        // at each post, the flag's cache line would go to and fro between the two threads.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _draining) == 0) Wake();
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _draining, 1) == 0) _continuations.Schedule(static self => ((Mailbox<T>)self!).Drain(), this);
    }

    private void Drain()
    {
        while (_waiting.TryDequeue(out T? item)) _deliver(item);
        Interlocked.Exchange(ref _draining, 0);
        if (!_waiting.IsEmpty) Wake();
    }
}
