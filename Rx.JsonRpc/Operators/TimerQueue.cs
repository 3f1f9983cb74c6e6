using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.JsonRpc;

/// <summary>
/// Many timeouts on one clock. The scheduler is asked to call for the earliest of them only, so that a timeout that is disarmed in time,
/// as almost every one is, costs it nothing.
/// </summary>
/// <remarks>
/// What is due at the same time is called in the order in which it was armed. Before each call the scheduler is asked to call for the
/// next: on a clock with many threads nobody waits for an observer that does not return.
/// </remarks>
internal sealed class TimerQueue
{
    private static readonly TimeSpan Never = TimeSpan.MaxValue;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(1);
    // The timers of .NET end at 49 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly IScheduler _clock;
    private readonly IStopwatch _watch;
    private readonly TimerHeap _heap = new();
    private long _turns;
    // When the scheduler calls next, and which of all calls that is.
    private TimeSpan _wake = Never;
    private long _call;
    private IDisposable? _called;

    public TimerQueue(IScheduler clock)
    {
        _clock = clock;
        _watch = clock.StartStopwatch();
    }

    /// <summary>How many are armed.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _heap.Count;
        }
    }

    /// <summary>Arms a node that is not armed.</summary>
    public void Arm(TimerNode node, TimeSpan due)
    {
        TimeSpan now = _watch.Elapsed;
        Call next;
        lock (_gate)
        {
            node.DueAt = due < Never - now ? now + due : Never;
            node.Turn = ++_turns;
            _heap.Add(node);
            next = NextCallLocked(now);
        }
        if (next.Number > 0) AskFor(next, next.At - now);
    }

    /// <summary>Disarms the node, if it is armed still. False when it is not: then it has been called, or is about to be.</summary>
    public bool TryDisarm(TimerNode node)
    {
        lock (_gate)
        {
            if (node.Place == 0) return false;
            _heap.Remove(node);
            return true;
        }
    }

    /// <summary>Leaves nothing to the scheduler while nothing is armed.</summary>
    public void Rest()
    {
        IDisposable? called;
        lock (_gate)
        {
            if (_heap.Count > 0) return;
            _wake = Never;
            called = _called;
            _called = null;
        }
        called?.Dispose();
    }

    /// <summary>What the scheduler has to be asked for; the default when it has been, or nothing is armed.</summary>
    private Call NextCallLocked(TimeSpan now)
    {
        if (_heap.First is not { } first) return default;
        TimeSpan wake = first.DueAt - now > LongestWait ? now + LongestWait : first.DueAt;
        if (wake >= _wake) return default;
        _wake = wake;
        return new Call(++_call, wake);
    }

    private void AskFor(Call call, TimeSpan wait)
    {
        IDisposable? asked = null;
        try
        {
            asked = _clock.Schedule((Queue: this, call), wait, static (_, state) => state.Queue.Wake(state.call));
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
            if (_call == call.Number) _wake = Never;
        }
    }

    private IDisposable Wake(Call call)
    {
        Forget(call);
        while (true)
        {
            TimeSpan now = _watch.Elapsed;
            TimerNode? due = null;
            Call next;
            lock (_gate)
            {
                if (_heap.First is { } first && first.DueAt <= now)
                {
                    due = first;
                    _heap.Remove(first);
                }
                next = NextCallLocked(now);
            }
            if (next.Number > 0)
            {
                TimeSpan wait = next.At - now;
                // Real timers count whole milliseconds and may call too early; asked for less than one, they would call without a pause.
                AskFor(next, next.At == call.At && due is null && wait < ShortestRest ? ShortestRest : wait);
            }
            if (due is null) return Disposable.Empty;
            due.OnDue();
        }
    }

    private readonly record struct Call(long Number, TimeSpan At);
}
