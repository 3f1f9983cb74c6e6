namespace Rx.JsonRpc.Tool.Demo;

/// <summary>The story: who dies, who comes back, and what is shown meanwhile.</summary>
internal sealed class DemoScript(TimeSpan phase)
{
    // Pieces of work that are suspended when the load ends have the request's total timeout, and nothing more.
    private static readonly RequestPolicy Policy = new()
    {
        TotalTimeout = TimeSpan.FromSeconds(4),
        Retries = -1,
        Backoff = new Backoff { First = TimeSpan.FromMilliseconds(20), Max = TimeSpan.FromMilliseconds(200) },
    };

    private readonly DemoServer _a = new("A", 2);
    private readonly DemoServer _b = new("B", 2);
    private readonly DemoServer _c = new("C", 1);

    public async Task<DemoSummary> RunAsync(IDemoView view, CancellationToken stop)
    {
        DemoServer[] servers = [_a, _b, _c];
        try
        {
            foreach (DemoServer server in servers) await server.StartAsync(stop).ConfigureAwait(false);
            await using var client = new JsonRpcClient(Options(servers));
            client.Start();
            var load = new DemoLoad(client, servers.Select(server => server.Name));
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task loading = load.RunAsync(enough.Token);
            var watch = new DemoWatch(load, servers);
            string phase = await TellAsync(view, watch, stop).ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
            await loading.ConfigureAwait(false);
            await load.SettleAsync(Policy.TotalTimeout, stop).ConfigureAwait(false);
            // Calls were in flight at the last look; the summary counts them too.
            view.Show(watch.Look(phase));
            return DemoSummary.Of(load.Work, servers);
        }
        finally
        {
            foreach (DemoServer server in servers) await server.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static JsonRpcClientOptions Options(DemoServer[] servers) => new()
    {
        Servers = [.. servers.Select(server => server.Address)],
        Policy = Policy,
        // A server that returns is noticed within the demonstration.
        Reconnect = new Backoff { First = TimeSpan.FromMilliseconds(50), Max = TimeSpan.FromMilliseconds(400) },
    };

    private async Task<string> TellAsync(IDemoView view, DemoWatch watch, CancellationToken stop)
    {
        await PhaseAsync("A and B (priority 2) answer in turn, C (priority 1) waits").ConfigureAwait(false);
        await _a.KillAsync().ConfigureAwait(false);
        await PhaseAsync("A is killed: B answers").ConfigureAwait(false);
        await _b.KillAsync().ConfigureAwait(false);
        await PhaseAsync("B is killed too: C answers").ConfigureAwait(false);
        await _a.StartAsync(stop).ConfigureAwait(false);
        return await PhaseAsync("A is back on its old port: A answers").ConfigureAwait(false);

        async Task<string> PhaseAsync(string what)
        {
            DemoFrame frame = watch.Look(what);
            view.Phase(frame);
            TimeSpan end = frame.At + phase;
            while (end - frame.At is { TotalMilliseconds: >= 1 } left)
            {
                await Task.Delay(left < view.Interval ? left : view.Interval, stop).ConfigureAwait(false);
                frame = watch.Look(what);
                view.Show(frame);
            }
            return what;
        }
    }
}
