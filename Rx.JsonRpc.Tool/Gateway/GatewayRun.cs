using System.Reactive.Linq;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>A gateway from its start to the end of its drain.</summary>
internal sealed class GatewayRun(RunningGateway running, TimeSpan drainLimit)
{
    private const int MostWaiting = 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();

    /// <returns>Whether everything in flight was answered within the limit.</returns>
    public async Task<bool> RunAsync(IGatewayView view, CancellationToken stop)
    {
        var watch = new GatewayWatch(running);
        var news = new GatewayNews(MostWaiting);
        using IDisposable taking = news.Take(Events());
        Task telling = news.TellAsync(happened => Tell(view, happened));
        using IDisposable showing = Observable.Interval(Interval).Subscribe(_ => Show(view, watch));
        // Servers may have connected before anybody listened.
        foreach ((string pool, Server server) in running.Servers) Tell(view, GatewayEvent.Of(pool, server, DateTimeOffset.Now));
        running.Gateway.Serve();
        await Stopped(stop).ConfigureAwait(false);
        long cancelled = running.Gateway.Counters.Cancelled;
        Tell(view, new GatewayEvent("draining", DateTimeOffset.Now, ("inFlight", (long)running.Gateway.InFlight)));
        await running.Gateway.DrainAsync(drainLimit, CancellationToken.None).ConfigureAwait(false);
        bool answered = running.Gateway.Counters.Cancelled == cancelled;
        await running.DisposeAsync().ConfigureAwait(false);
        await telling.ConfigureAwait(false);
        Tell(view, GatewayEvent.Stopped(running.Gateway, news.Dropped, DateTimeOffset.Now));
        Show(view, watch);
        return answered;
    }

    private void Tell(IGatewayView view, GatewayEvent happened)
    {
        lock (_gate) view.Tell(happened);
    }

    private void Show(IGatewayView view, GatewayWatch watch)
    {
        lock (_gate) view.Show(watch.Look());
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
