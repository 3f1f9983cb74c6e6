using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>A gateway from its start to the end of its drain.</summary>
internal sealed class GatewayRun(RunningGateway running, TimeSpan drainLimit)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <returns>Whether everything in flight was answered within the limit.</returns>
    public async Task<bool> RunAsync(IGatewayView view, CancellationToken stop)
    {
        var watch = new GatewayWatch(running);
        IObservable<Action> told = Events().Select(happened => new Action(() => view.Tell(happened)));
        IObservable<Action> shown = Observable.Interval(Interval).Select(_ => new Action(() => view.Show(watch.Look())));
        // The clients tell their changes on the readers of their connections; a slow terminal must not hold those up.
        using IDisposable showing = told.ObserveOn(TaskPoolScheduler.Default).Merge(shown).Synchronize().Subscribe(show => show());
        running.Gateway.Serve();
        await Stopped(stop).ConfigureAwait(false);
        long cancelled = running.Gateway.Counters.Cancelled;
        view.Tell(new GatewayEvent("draining", DateTimeOffset.Now, ("inFlight", (long)running.Gateway.InFlight)));
        await running.Gateway.DrainAsync(drainLimit, CancellationToken.None).ConfigureAwait(false);
        bool answered = running.Gateway.Counters.Cancelled == cancelled;
        await running.DisposeAsync().ConfigureAwait(false);
        view.Show(watch.Look());
        view.Tell(GatewayEvent.Stopped(running.Gateway, DateTimeOffset.Now));
        return answered;
    }

    private IObservable<GatewayEvent> Events() => Observable.Merge(
        [
            running.Gateway.Changes.Select(GatewayEvent.Of),
            running.Gateway.Diagnostics.Select(diagnostic => GatewayEvent.Of(diagnostic, DateTimeOffset.Now)),
            .. running.Pools.Select(pool => pool.Value.Changes.Select(change => GatewayEvent.Of(pool.Key, change))),
        ]);

    private static async Task Stopped(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.Register(stopped.SetResult).ConfigureAwait(false)) await stopped.Task.ConfigureAwait(false);
    }
}
