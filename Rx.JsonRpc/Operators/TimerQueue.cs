using System.Reactive.Concurrency;

namespace Rx.JsonRpc;

/// <summary>
/// Many timeouts on one clock. The scheduler is asked to call for the earliest of them only, so that a timeout that is disarmed in time,
/// as almost every one is, costs it nothing.
/// </summary>
/// <remarks>
/// What is due at the same time is called in the order in which one thread armed it. Before each call the scheduler is asked to call for the
/// next: on a clock with many threads nobody waits for an observer that does not return. A node that is disarmed keeps its place until the
/// time that it was armed for; then the queue looks at it, and takes the place away, or puts it off to when the node is due now.
/// </remarks>
internal sealed class TimerQueue
{
    private static readonly long Never = TimeSpan.MaxValue.Ticks;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(1);

    // Of each thread, as one counter of all would go to and fro between their cores.
    [ThreadStatic]
    private static long _turns;

    private readonly Lock _gate = new();
    private readonly IScheduler _clock;
    private readonly IStopwatch _watch;
    private readonly TimerHeap _heap = new();
    // When the scheduler calls next, and which of all calls that is.
    private long _wake = Never;
    private long _call;
    private IDisposable? _called;

    public TimerQueue(IScheduler clock)
    {
        _clock = clock;
        _watch = clock.StartStopwatch();
    }

    /// <summary>How many have a place: those that are armed, and those that were until lately.</summary>
    public int Places
    {
        get
        {
            lock (_gate) return _heap.Count;
        }
    }

    /// <summary>The time by which nodes are due.</summary>
    public TimeSpan Now => _watch.Elapsed;

    /// <summary>When a node was due that is, or was called last.</summary>
    public static TimeSpan DueAt(TimerNode node) => TimeSpan.FromTicks(node.LookAt);

    /// <summary>Arms a node that is not armed.</summary>
    public void Arm(TimerNode node, TimeSpan due)
    {
        // The other queue has another watch, and would take it for due or not due by that.
        if (node.Queue is { } other && other != this) other.Remove(node);
        long now = _watch.Elapsed.Ticks;
        long dueAt = due.Ticks < Never - now ? Math.Max(now + due.Ticks, 0) : Never;
        if (node.TryArmInPlace(dueAt, ++_turns) && WillLookAt(node, dueAt)) return;
        Call next;
        lock (_gate)
        {
            PlaceLocked(node);
            next = NextCallLocked(now);
        }
        if (next.Number > 0) AskFor(next, next.At - now);
    }

    /// <summary>Takes away the place of a node, armed or not.</summary>
    public void Remove(TimerNode node)
    {
        lock (_gate)
        {
            if (node.Queue == this) RemoveLocked(node);
        }
    }

    /// <summary>Leaves nothing to the scheduler while nothing is armed.</summary>
    public void Rest()
    {
        IDisposable? called;
        lock (_gate)
        {
            foreach (TimerNode node in _heap.ToArray())
            {
                if (node.TryLeave()) RemoveLocked(node);
            }
            if (_heap.Count > 0) return;
            Volatile.Write(ref _wake, Never);
            called = _called;
            _called = null;
        }
        called?.Dispose();
    }

    // Read after the node was armed. The queue looks whether it is armed after it has changed one of them: one of the two sees the other.
    private bool WillLookAt(TimerNode node, long dueAt)
    {
        if (node.Queue != this) return false;
        long lookAt = node.LookAt;
        return lookAt <= dueAt && Volatile.Read(ref _wake) <= lookAt;
    }

    private void PlaceLocked(TimerNode node)
    {
        if (!node.IsArmed(out long dueAt)) return;
        if (node.Queue != this)
        {
            node.SetLook(dueAt, node.Turn);
            _heap.Add(node);
            node.Queue = this;
        }
        else if (dueAt < node.LookAt)
        {
            MoveLocked(node, dueAt);
        }
    }

    private void RemoveLocked(TimerNode node)
    {
        _heap.Remove(node);
        // The last word: who finds no queue in it may give it to another one without this one's lock.
        node.Queue = null;
    }

    private void MoveLocked(TimerNode node, long dueAt)
    {
        do
        {
            _heap.Remove(node);
            node.SetLook(dueAt, node.Turn);
            _heap.Add(node);
            // It may have been armed anew for an earlier time by someone who still saw the look before.
            Interlocked.MemoryBarrier();
        }
        while (node.IsArmed(out dueAt) && dueAt < node.LookAt);
    }

    /// <summary>Looks at the first one, if it is time to. False when it is not.</summary>
    private bool TryLookLocked(long now, out TimerNode? due)
    {
        due = null;
        if (_heap.First is not { } first || first.LookAt > now) return false;
        if (!first.IsArmed(out long dueAt))
        {
            if (first.TryLeave()) RemoveLocked(first);
        }
        else if (dueAt != first.LookAt || first.Turn != first.LookTurn)
        {
            MoveLocked(first, dueAt);
        }
        else if (first.TryTake(dueAt))
        {
            RemoveLocked(first);
            due = first;
        }
        return true;
    }

    /// <summary>What the scheduler has to be asked for; the default when it has been, or nothing is armed.</summary>
    private Call NextCallLocked(long now)
    {
        if (_heap.First is not { } first) return default;
        long wake = first.LookAt;
        if (wake >= _wake) return default;
        Volatile.Write(ref _wake, wake);
        return new Call(++_call, wake);
    }

    private void AskFor(Call call, long wait)
    {
        IDisposable? asked = null;
        try
        {
            asked = _clock.After(TimeSpan.FromTicks(wait), (Queue: this, call), static state => state.Queue.Wake(state.call));
        }
        finally
        {
            // A scheduler that takes no more: whoever arms the next node is to hear it too.
            if (asked is null) Forget(call);
        }
        lock (_gate)
        {
            // It may have come already, or another thread may have asked for an earlier one; then that one stays.
            if (_call == call.Number && _wake != Never) (asked, _called) = (_called, asked);
        }
        asked?.Dispose();
    }

    private void Forget(Call call)
    {
        lock (_gate)
        {
            if (_call == call.Number) Volatile.Write(ref _wake, Never);
        }
    }

    private void Wake(Call call)
    {
        Forget(call);
        while (true)
        {
            long now = _watch.Elapsed.Ticks;
            TimerNode? due;
            Call next;
            lock (_gate)
            {
                // One look for each time that the lock is held: many may be due for one, and others wait for it.
                if (TryLookLocked(now, out due) && due is null) continue;
                next = NextCallLocked(now);
            }
            try
            {
                long wait = next.At - now;
                // Real timers count whole milliseconds and may call too early; asked for less than one, they would call without a pause.
                if (next.Number > 0) AskFor(next, next.At == call.At && due is null && wait < ShortestRest.Ticks ? ShortestRest.Ticks : wait);
            }
            finally
            {
                // Also when the scheduler takes no more: nobody else has this one any longer.
                due?.OnDue();
            }
            if (due is null) return;
        }
    }

    private readonly record struct Call(long Number, long At);
}
