using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.JsonRpc;

/// <summary>
/// The only way from a duration to a scheduler. The timers of .NET refuse more than 49 days, and users write
/// <see cref="TimeSpan.MaxValue"/> for "never"; so a long wait is scheduled day by day, and one without an end is not scheduled.
/// </summary>
internal static class Delays
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Calls the action once, when the time has passed.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="due">How long; zero or less for at once, <see cref="TimeSpan.MaxValue"/> for never.</param>
    /// <param name="action">What to call.</param>
    /// <returns>Disposing it ends the wait, however often it was scheduled anew.</returns>
    public static IDisposable After(this IScheduler clock, TimeSpan due, Action action) => clock.After(due, action, static action => action());

    /// <summary>Calls the action once with a state, when the time has passed.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="due">How long; zero or less for at once, <see cref="TimeSpan.MaxValue"/> for never.</param>
    /// <param name="state">What the action gets, so that it need not be a closure.</param>
    /// <param name="action">What to call.</param>
    /// <returns>Disposing it ends the wait, however often it was scheduled anew.</returns>
    public static IDisposable After<TState>(this IScheduler clock, TimeSpan due, TState state, Action<TState> action)
    {
        if (due == TimeSpan.MaxValue) return Disposable.Empty;
#pragma warning disable RS0030 // The one place that may.
        if (due > Longest)
        {
            return clock.Schedule(
                (left: due - Longest, state, action), Longest, static (clock, wait) => clock.After(wait.left, wait.state, wait.action));
        }
        return clock.Schedule((state, action), due, static (_, call) =>
        {
            call.action(call.state);
            return Disposable.Empty;
        });
#pragma warning restore RS0030
    }

    /// <summary>When the time will have passed; the end of time when that is later.</summary>
    public static TimeSpan PlusCapped(this TimeSpan now, TimeSpan due) => due < TimeSpan.MaxValue - now ? now + due : TimeSpan.MaxValue;

    /// <summary>When the time will have passed; the end of the calendar when that is later.</summary>
    public static DateTimeOffset PlusCapped(this DateTimeOffset now, TimeSpan due) =>
        due < DateTimeOffset.MaxValue - now ? now + due : DateTimeOffset.MaxValue;
}
