using System.Reactive.Concurrency;

namespace Rx.JsonRpc.Testing;

/// <summary>A scheduler whose time stands still until a test advances it. One clock drives the client, the network and the servers.</summary>
/// <remarks>
/// <see cref="VirtualTimeSchedulerBase{TAbsolute, TRelative}.AdvanceBy"/> and
/// <see cref="VirtualTimeSchedulerBase{TAbsolute, TRelative}.AdvanceTo"/> run everything that falls due on the calling thread, each action
/// at its own instant. The clock removes the calling thread's <see cref="SynchronizationContext"/> while it runs an action, so that
/// the code after an <c>await</c> stays on that thread under every test framework; xunit v2 sets a context that would move it to another
/// thread. Not thread-safe: one thread drives the clock. An exception of an action leaves the call that advances the clock.
/// </remarks>
public sealed class VirtualClock : HistoricalScheduler
{
    private static readonly DateTimeOffset Beginning = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Makes a clock that starts at 2000-01-01 00:00:00 UTC.</summary>
    public VirtualClock()
        : this(Beginning)
    {
    }

    /// <summary>Makes a clock that starts at an instant.</summary>
    /// <param name="now">The instant.</param>
    public VirtualClock(DateTimeOffset now)
        : base(now)
    {
    }

    /// <summary>Queues an action. The actions of one instant run in the order in which they were queued.</summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <param name="state">What the action receives.</param>
    /// <param name="dueTime">When the action is due; an instant in the past means now.</param>
    /// <param name="action">The action.</param>
    /// <returns>Dispose it to take the action out of the queue.</returns>
    public override IDisposable ScheduleAbsolute<TState>(
        TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return base.ScheduleAbsolute(state, dueTime, (scheduler, given) =>
        {
            using (NoSynchronizationContext.Enter()) return action(scheduler, given);
        });
    }
}
