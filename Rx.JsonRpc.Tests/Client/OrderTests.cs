using System.IO.Pipelines;
using System.Net;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What one thread subscribes one after the other is sent in that order, also when it had to wait.</summary>
public class OrderTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly RequestPolicy Waits = new() { TryTimeout = Limit, TotalTimeout = Limit, WhenDisconnected = WhenDisconnected.Wait };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FirstConnect_RequestsAndNotificationsWait_AreSentInOrderAndNewcomersBehindThem(bool latestFirst)
    {
        var world = new ClientInVirtualTime();
        var continuations = new Kept(latestFirst);
        world.Network.At("a").NeverConnect();
        JsonRpcClient client = Client(world, continuations);
        for (int i = 0; i < 5; i++) Send(client, i);

        world.Network.At("a").Heal();
        // The connection is there, and those who waited have not been called yet.
        for (int i = 5; i < 10; i++) Send(client, i);
        continuations.Run();
        Send(client, 10);
        continuations.Run();

        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"m{i}"), world["a"].Calls.Select(call => call.Method));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FirstConnect_Fails_TheNextServerGetsThemInOrder(bool latestFirst)
    {
        var world = new ClientInVirtualTime();
        var continuations = new Kept(latestFirst);
        world.Network.At("a").NeverConnect();
        JsonRpcClient client = Client(world, continuations, "a,2 b,1", options => options with { ConnectTimeout = TimeSpan.FromMilliseconds(100) });
        continuations.Run();
        for (int i = 0; i < 5; i++) Send(client, i);

        world.AdvanceTo(100);
        continuations.Run();
        Send(client, 5);
        continuations.Run();

        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"m{i}"), world["b"].Calls.Select(call => call.Method));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WaitingForAServer_RequestsAndNotifications_AreSentInOrderAndNewcomersBehindThem(bool latestFirst)
    {
        var world = new ClientInVirtualTime();
        var continuations = new Kept(latestFirst);
        JsonRpcClient client = Client(world, continuations, "a!");
        continuations.Run();
        for (int i = 0; i < 5; i++) Send(client, i, Waits);
        continuations.Run();
        world["a"].Start();

        world.AdvanceTo(100);
        // The server is connected, and those who waited have not been called yet.
        for (int i = 5; i < 10; i++) Send(client, i, Waits);
        continuations.Run();
        Send(client, 10, Waits);
        continuations.Run();

        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"m{i}"), world["a"].Calls.Select(call => call.Method));
    }

    [Fact]
    public void WaitingForAServer_ServerTakesOneAtATime_NewcomersDoNotOvertake()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, PipeScheduler.Inline, "a", options => options with { MaxInFlightPerServer = 1 });
        var open = new List<FakeCall>();
        world["a"].OnCall = open.Add;
        for (int i = 0; i < 4; i++) client.Request($"m{i}", policy: Waits).Subscribe(_ => client.Request("later", policy: Waits).Subscribe());

        while (world["a"].Calls.Count < 8) open[^1].Result("1");

        Assert.Equal(["m0", "m1", "m2", "m3", "later", "later", "later", "later"], world["a"].Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task FirstConnect_ObserverOfAFailureBlocks_TheOthersAreSentAllTheSame()
    {
        var world = new ClientInVirtualTime();
        world.Network.At("a").NeverConnect();
        JsonRpcClient client = Client(world, PipeScheduler.ThreadPool);
        using var release = new ManualResetEventSlim();
        using IDisposable first = client.Request("bad", RawJson.Parse("5")).Subscribe(_ => { }, _ => release.Wait(Limit));
        Task<RawJson> second = client.RequestAsync("m", policy: Waits).AsTask();

        world.Network.At("a").Heal();

        Assert.Equal("\"a\"", (await second.WaitAsync(Limit)).ToString());
        release.Set();
    }

    /// <summary>Real threads: the connection comes, and goes and comes again, while one thread subscribes. Bounded in number, not in time.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RealThreads_ServerComesWhileOneThreadSubscribes_NothingIsSentOutOfOrder(bool waitsForFirstConnect)
    {
        const int Runs = 20;
        const int Calls = 400;
        for (int run = 0; run < Runs; run++)
        {
            var world = new ClientInVirtualTime();
            var gate = new GatedConnector(world.Network);
            var server = new FakeServer(world.Network, new InMemoryEndPoint("a"), world.Clock).Start();
            var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            server.OnCall = _ =>
            {
                if (server.Calls.Count == Calls) all.TrySetResult();
            };
            await using var client = new JsonRpcClient(new JsonRpcClientOptions
            {
                Servers = [new ServerAddress(new InMemoryEndPoint("a"))],
                Connector = gate,
                ConnectTimeout = Limit,
                Reconnect = Backoff.Constant(TimeSpan.FromMilliseconds(1)),
                Policy = waitsForFirstConnect ? new RequestPolicy { TryTimeout = Limit, TotalTimeout = Limit } : Waits,
            });
            if (!waitsForFirstConnect) await gate.RefuseOnceAsync(client);

            Task subscribing = Task.Factory.StartNew(
                () =>
                {
                    for (int i = 0; i < Calls; i++)
                    {
                        Send(client, i);
                        if (i == Calls / 4) gate.Open();
                    }
                },
                TaskCreationOptions.LongRunning);
            await subscribing.WaitAsync(Limit);
            await all.Task.WaitAsync(Limit);

            Assert.Equal(Enumerable.Range(0, Calls).Select(i => $"m{i}"), server.Calls.Select(call => call.Method));
        }
    }

    /// <summary>By turns a request and a notification.</summary>
    private static void Send(JsonRpcClient client, int number, RequestPolicy? policy = null)
    {
        if (number % 2 == 0) client.Request($"m{number}", policy: policy).Subscribe(_ => { }, _ => { });
        else client.Notify($"m{number}", policy: policy).Subscribe(_ => { }, _ => { });
    }

    private static JsonRpcClient Client(
        ClientInVirtualTime world, PipeScheduler continuations, string servers = "a", Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null) =>
        world.Client(servers, options => (change ?? (same => same))(options with { Continuations = continuations }));

    /// <summary>Keeps what is to be called, and calls the latest or the earliest first.</summary>
    private sealed class Kept(bool latestFirst) : PipeScheduler
    {
        private readonly List<(Action<object?> Action, object? State)> _waiting = [];

        public override void Schedule(Action<object?> action, object? state) => _waiting.Add((action, state));

        public void Run()
        {
            while (_waiting.Count > 0)
            {
                int index = latestFirst ? _waiting.Count - 1 : 0;
                (Action<object?> action, object? state) = _waiting[index];
                _waiting.RemoveAt(index);
                action(state);
            }
        }
    }

    /// <summary>Connects when it is opened.</summary>
    private sealed class GatedConnector(IConnector inner) : IConnector
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _refusals;

        public void Open() => _open.TrySetResult();

        /// <summary>Lets the very first connect fail, so that nothing waits for it any more.</summary>
        public async Task RefuseOnceAsync(JsonRpcClient client)
        {
            _refusals = 1;
            Task<ServerChange> refused = client.Changes.FirstAsync(change => change.To == ServerState.Waiting).ToTask();
            client.Start();
            await refused.WaitAsync(Limit);
        }

        public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
        {
            if (Interlocked.Decrement(ref _refusals) >= 0) throw new IOException("refused");
            await _open.Task.WaitAsync(cancellationToken);
            return await inner.ConnectAsync(endPoint, cancellationToken);
        }
    }
}
