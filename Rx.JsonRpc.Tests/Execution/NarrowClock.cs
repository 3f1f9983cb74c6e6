using Microsoft.Reactive.Testing;

namespace Rx.JsonRpc.Tests.Execution;

/// <summary>A virtual clock that refuses waits that are too long for it, and instants behind the end of the calendar.</summary>
internal sealed class NarrowClock(TimeSpan longest) : TestScheduler
{
    /// <summary>As the timers of .NET do: they count milliseconds in 32 bits.</summary>
    public static NarrowClock AsTimers() => new(TimeSpan.FromMilliseconds(uint.MaxValue - 1));

    /// <summary>As a virtual clock does, whose instants are those of the calendar.</summary>
    public static NarrowClock AsCalendar() => new(TimeSpan.MaxValue);

    protected override long ToRelative(TimeSpan timeSpan)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeSpan, longest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeSpan.Ticks, DateTimeOffset.MaxValue.Ticks - Clock);
        return base.ToRelative(timeSpan);
    }
}
