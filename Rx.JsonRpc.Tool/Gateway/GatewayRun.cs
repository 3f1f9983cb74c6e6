using System.Reactive.Linq;
using Rx.JsonRpc.Tool.Logging;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>A gateway from its start to the end of its drain.</summary>
internal sealed class GatewayRun(RunningGateway running, GatewayReload reload, LogLevel level, TimeSpan drainLimit)
{
    private const int MostWaiting = 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly EventLog<GatewayEvent> _log = new(MostWaiting, level, GatewayEvent.Output, () => DateTimeOffset.Now);
    private volatile bool _isStopping;

    /// <returns>Whether everything in flight was answered within the limit.</returns>
    public async Task<bool> RunAsync(IGatewayView view, Hangups hangups, CancellationToken stop)
    {
        var watch = new GatewayWatch(running);
        using IDisposable taking = Events().Subscribe(_log.Add);
        Task writing = _log.WriteAsync(happened => Tell(view, happened));
        using IDisposable showing = Observable.Interval(Interval).Subscribe(_ => Tick(view, watch));
        // Servers may have connected before anybody listened.
        foreach ((string pool, Server server) in running.Servers) _log.Add(GatewayEvent.Of(pool, server, DateTimeOffset.Now));
        running.Gateway.Serve();
        using IDisposable reloading = hangups.Take(Reload);
        await Stopped(stop).ConfigureAwait(false);
        long cancelled = running.Gateway.Counters.Cancelled;
        _log.Add(new GatewayEvent("draining", LogLevel.Information, DateTimeOffset.Now, ("inFlight", (long)running.Gateway.InFlight)));
        _isStopping = true;
        await running.Gateway.DrainAsync(drainLimit, CancellationToken.None).ConfigureAwait(false);
        bool answered = running.Gateway.Counters.Cancelled == cancelled;
        await running.DisposeAsync().ConfigureAwait(false);
        _log.Complete();
        // What the output does not take now is lost: a reader that has stopped reading must not keep the process.
        await LastLines.WithinLimit(Task.Run(() => EndAsync(writing, view, watch), CancellationToken.None)).ConfigureAwait(false);
        return answered;
    }

    private async Task EndAsync(Task writing, IGatewayView view, GatewayWatch watch)
    {
        await writing.ConfigureAwait(false);
        try
        {
            GatewayEvent stopped = GatewayEvent.Stopped(running.Gateway, _log.Dropped, DateTimeOffset.Now);
            if (stopped.Level <= level) Tell(view, stopped);
            view.Show(watch.Look());
        }
        catch (IOException)
        {
            // The counts of this line are all that is lost.
        }
    }

    private void Reload()
    {
        foreach (GatewayEvent happened in _isStopping ? GatewayReload.TooLate() : reload.Run()) _log.Add(happened);
    }

    private void Tick(IGatewayView view, GatewayWatch watch)
    {
        _log.Flush();
        // A view that is stuck in a line shows nothing.
        if (!_gate.TryEnter()) return;
        try
        {
            view.Show(watch.Look());
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void Tell(IGatewayView view, GatewayEvent happened)
    {
        lock (_gate) view.Tell(happened);
    }


    private IObservable<GatewayEvent> Events() => Observable.Merge(
        [
            running.Gateway.Changes.Select(GatewayEvent.Of),
            running.Gateway.Diagnostics.Select(diagnostic => GatewayEvent.Of(diagnostic, DateTimeOffset.Now)),
            .. running.Pools.Select(pool => pool.Value.Changes.Select(change => GatewayEvent.Of(pool.Key, change, _isStopping))),
            .. running.Pools.Select(pool => pool.Value.TopologyFaults.Select(fault => GatewayEvent.Of(pool.Key, fault))),
        ]);

    private static async Task Stopped(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.Register(stopped.SetResult).ConfigureAwait(false)) await stopped.Task.ConfigureAwait(false);
    }
}
