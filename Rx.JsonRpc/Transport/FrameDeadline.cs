using System.Globalization;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.JsonRpc.Transport;

/// <summary>
/// Bounds how long one begun frame may take. The scheduler is asked at most once in that time, however many frames begin meanwhile: when it
/// calls, the frame that is begun then is looked at.
/// </summary>
internal sealed class FrameDeadline : IDisposable
{
    private const long NotBegun = -1;
    // Real timers count whole milliseconds: they may call a little too early.
    private const long ShortestWait = TimeSpan.TicksPerMillisecond;

    private readonly IScheduler _clock;
    private readonly IStopwatch _watch;
    private readonly long _limit;
    private readonly string _option;
    private readonly Action<string> _late;
    private readonly SerialDisposable _timer = new();
    private long _begunAt = NotBegun;
    private long _frame;
    private int _asked;

    /// <param name="clock">The clock.</param>
    /// <param name="limit">How long a frame may take.</param>
    /// <param name="option">The option that sets the limit; null when none does.</param>
    /// <param name="late">Called by the clock when one takes longer; says so.</param>
    public FrameDeadline(IScheduler clock, TimeSpan limit, string? option, Action<string> late)
    {
        _clock = clock;
        _watch = clock.StartStopwatch();
        _limit = limit.Ticks;
        _option = option is null ? "" : $" ({option})";
        _late = late;
    }

    /// <summary>A frame has begun, and is not there as a whole. On the reader only.</summary>
    /// <param name="frame">Tells one frame from the next: where in the stream it starts.</param>
    public void Begin(long frame)
    {
        if (_frame == frame && Volatile.Read(ref _begunAt) != NotBegun) return;
        _frame = frame;
        // A full fence: this sets the time and looks whether the scheduler was asked, the callback does the reverse.
        Interlocked.Exchange(ref _begunAt, _watch.Elapsed.Ticks);
        if (Volatile.Read(ref _asked) == 0) Ask(_limit);
    }

    /// <summary>No frame is begun.</summary>
    public void End()
    {
        if (Volatile.Read(ref _begunAt) != NotBegun) Volatile.Write(ref _begunAt, NotBegun);
    }

    public void Dispose()
    {
        End();
        _timer.Dispose();
    }

    private void Ask(long wait)
    {
        if (Interlocked.Exchange(ref _asked, 1) == 1) return;
        _timer.Disposable = _clock.After(TimeSpan.FromTicks(Math.Max(wait, ShortestWait)), this, static self => self.Look());
    }

    private void Look()
    {
        Interlocked.Exchange(ref _asked, 0);
        long begunAt = Volatile.Read(ref _begunAt);
        if (begunAt == NotBegun) return;
        long left = _limit - (_watch.Elapsed.Ticks - begunAt);
        if (left > 0) Ask(left);
        else _late(string.Create(CultureInfo.InvariantCulture, $"a frame that had begun was not complete within {TimeSpan.FromTicks(_limit).TotalSeconds:0.###} s{_option}"));
    }
}
