namespace Rx.JsonRpc;

/// <summary>What waits in a <see cref="TimerQueue"/>. Whoever waits is the node itself, so that arming a timeout makes no object.</summary>
/// <remarks>
/// Whether it is armed is one word of its own. Its place in a queue, which only the queue changes, outlives that: a node that is armed again
/// before the queue has looked at it finds its place kept, and arming and disarming it takes no lock.
/// </remarks>
internal abstract class TimerNode
{
    private const long Unarmed = -1;
    // Not armed, and a queue has begun to take its place away.
    private const long Placeless = -2;

    private long _dueAt = Placeless;
    private long _lookAt;
    private TimerQueue? _queue;

    /// <summary>Which of those that are due at the same time was armed first; the queue's own.</summary>
    internal long Turn { get; private set; }

    /// <summary>The queue that it has a place in; null while it has none. The queue's own.</summary>
    internal TimerQueue? Queue
    {
        get => Volatile.Read(ref _queue);
        set => Volatile.Write(ref _queue, value);
    }

    /// <summary>When the queue looks at it next, in ticks of its watch: once it has been armed, no later than it is due. The queue's own.</summary>
    internal long LookAt => Volatile.Read(ref _lookAt);

    /// <summary>Which of those to be looked at at the same time comes first; the queue's own.</summary>
    internal long LookTurn { get; private set; }

    /// <summary>Its place in the heap, from 1; 0 while it is in none. The queue's own.</summary>
    internal int Place { get; set; }

    /// <summary>Disarms it, if it is armed still. False when it is not: then it has been called, or is about to be.</summary>
    internal bool TryDisarm()
    {
        long due = Volatile.Read(ref _dueAt);
        return due >= 0 && TryTake(due);
    }

    /// <summary>Leaves the queue at once instead of at its next look, for a node that will not be armed again soon.</summary>
    internal void GiveUpPlace() => Queue?.Remove(this);

    /// <summary>Its time has come. Called without a lock, once for each time that it was armed, unless it was disarmed before.</summary>
    internal abstract void OnDue();

    /// <summary>Arms it. False when it has no place, or is about to lose it. A full fence.</summary>
    internal bool TryArmInPlace(long dueAt, long turn)
    {
        Turn = turn;
        return Interlocked.Exchange(ref _dueAt, dueAt) == Unarmed;
    }

    /// <summary>Whether it is armed, and until when.</summary>
    internal bool IsArmed(out long dueAt)
    {
        dueAt = Volatile.Read(ref _dueAt);
        return dueAt >= 0;
    }

    /// <summary>Disarms it if it is armed for that very time still.</summary>
    internal bool TryTake(long dueAt) => Interlocked.CompareExchange(ref _dueAt, Unarmed, dueAt) == dueAt;

    /// <summary>Whether it is not armed, so that its place may be taken away: whoever arms it from now on asks for a new one.</summary>
    internal bool TryLeave() => Interlocked.CompareExchange(ref _dueAt, Placeless, Unarmed) == Unarmed;

    /// <summary>Sets when it is looked at, while it is in no heap.</summary>
    internal void SetLook(long at, long turn)
    {
        Volatile.Write(ref _lookAt, at);
        LookTurn = turn;
    }
}
