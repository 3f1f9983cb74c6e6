using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Kamailio;
using Rx.JsonRpc.Tests.Listening;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Execution;

/// <summary>For each public member that takes a duration a scene in which the duration is waited for, and in which things go on all the same.</summary>
internal static class DurationCases
{
    private static readonly RequestPolicy Idempotent = new() { Replay = Replay.Always };

    public static IReadOnlyDictionary<string, Action<TimeSpan, NarrowClock>> All { get; } = new Dictionary<string, Action<TimeSpan, NarrowClock>>
    {
        ["Backoff.Constant(wait)"] = (due, clock) => Retries(Backoff.Constant(due), clock),
        ["Backoff.First"] = (due, clock) => Retries(new Backoff { First = due, Max = due }, clock),
        ["Backoff.Max"] = (due, clock) => Retries(new Backoff { First = due / 2, Max = due, Jitter = false }, clock),
        ["BreakerOptions.FirstEjection"] = (due, clock) => Ejects(new BreakerOptions { FirstEjection = due, MaxEjection = due }, clock),
        ["BreakerOptions.MaxEjection"] = (due, clock) => Ejects(new BreakerOptions { FirstEjection = due / 2, MaxEjection = due }, clock),
        ["BreakerOptions.Window"] = (due, clock) => Ejects(new BreakerOptions { Window = due }, clock),
        ["EvapiGateway.DrainAsync(limit)"] = (due, clock) => Gateway(clock, world => Completes(world.Gateway.DrainAsync(due), clock)),
        ["EvapiGatewayOptions.ConnectTimeout"] = (due, clock) => Gateway(clock, change: options => options with { ConnectTimeout = due }),
        ["EvapiGatewayOptions.LeavingGrace"] = (due, clock) => Gateway(clock, change: options => options with { LeavingGrace = due }),
        ["FailoverWithHedgeOperator.FailoverWithHedge(after)"] = (due, clock) =>
            Assert.Equal(7, new[] { new[] { "a" } }.FailoverWithHedge(_ => Observable.Return(7), due, clock).Wait()),
        ["Hedge.After(delay)"] = (due, clock) => Serves(clock, policy: Idempotent with { Hedge = Hedge.After(due) }),
        ["Hedge.Ceiling"] = (due, clock) => Serves(clock, policy: Idempotent with { Hedge = Hedge.AtQuantile(0.9) with { Ceiling = due } }),
        ["Hedge.Floor"] = (due, clock) => Serves(clock, policy: Idempotent with { Hedge = Hedge.AtQuantile(0.9) with { Ceiling = due, Floor = due, MinimumSamples = 1 } }),
        ["HeartbeatOptions.Interval"] = (due, clock) => Serves(clock, options => options with { Heartbeat = new HeartbeatOptions { Interval = due } }),
        ["HeartbeatOptions.Timeout"] = (due, clock) => Serves(clock, options => options with { Heartbeat = new HeartbeatOptions { Timeout = due } }),
        ["InMemoryRoute.ConnectDelay(delay)"] = (due, clock) => Route(clock, route => route.ConnectDelay(due)),
        ["InMemoryRoute.Drip(each)"] = (due, clock) => Route(clock, route => route.Drip(1, due)),
        ["InMemoryRoute.Latency(latency)"] = (due, clock) => Route(clock, route => route.Latency(due)),
        ["InMemoryRoute.Latency(toClient)"] = (due, clock) => Route(clock, route => route.Latency(TimeSpan.Zero, due)),
        ["InMemoryRoute.Latency(toServer)"] = (due, clock) => Route(clock, route => route.Latency(due, TimeSpan.Zero)),
        ["JsonRpcClient.DrainAsync(limit)"] = (due, clock) => Serves(clock, then: (world, client) =>
        {
            FakeCall? held = null;
            world["a"].OnCall = call => held = call;
            Answers<RawJson> answer = world.Subscribe(client.Request("m"));
            ValueTask drained = client.DrainAsync(due);
            held!.Result("1");
            Assert.Equal("1", answer.Value.ToString());
            Completes(drained, clock);
        }),
        ["JsonRpcClientOptions.ConnectTimeout"] = (due, clock) => Serves(clock, options => options with { ConnectTimeout = due }),
        ["JsonRpcClientOptions.DrainTimeout"] = Leaves,
        ["JsonRpcClientOptions.FailbackDelay"] = (due, clock) => Returns(clock, options => options with { FailbackDelay = due }),
        ["JsonRpcClientOptions.FrameTimeout"] = (due, clock) => Serves(clock, options => options with { FrameTimeout = due }, then: (world, client) =>
        {
            world["a"].OnCall = call => call.Connection.TrySend("5:x"u8, null);
            world.Subscribe(client.Request("m"));
            clock.AdvanceBy(TimeSpan.TicksPerHour);
            Assert.Equal(ServerState.Connected, client.Snapshot().Servers[0].State);
        }),
        ["JsonRpcClientOptions.ServerCallTimeout"] = (due, clock) => Serves(clock, options => options with { ServerCallTimeout = due }, then: (world, client) =>
        {
            string heard = "";
            world["a"].OnUnreadable = text => heard = text;
            client.CallsTo("ask").Subscribe(request => request.TryAnswer(RawJson.Parse("1")));
            world["a"].Calls[0].Send("""{"jsonrpc":"2.0","method":"ask","id":5}""");
            Assert.Contains("\"result\":1", heard);
        }),
        ["JsonRpcClientOptions.SlowStart"] = (due, clock) => Returns(clock, options => options with { SlowStart = due }),
        ["JsonRpcClientOptions.TcpUserTimeout"] = (due, clock) => Serves(clock, options => options with { TcpUserTimeout = due }),
        ["JsonRpcListener.StopAsync(limit)"] = (due, clock) =>
        {
            (Host host, RawPeer peer) = Calling(clock);
            Task stopped = host.Listener.StopAsync(due).AsTask();
            host.Calls[0].TryAnswer(RawJson.Parse("1"));
            Assert.Contains("\"result\":1", peer.Read());
            peer.EndSending();
            clock.AdvanceBy(TimeSpan.TicksPerMinute);
            Assert.True(stopped.Wait(TimeSpan.FromSeconds(10)));
        },
        ["JsonRpcListenerOptions.FirstFrameTimeout"] = (due, clock) => Stays(clock, new JsonRpcListenerOptions { FirstFrameTimeout = due }),
        ["JsonRpcListenerOptions.FrameTimeout"] = (due, clock) => Stays(clock, new JsonRpcListenerOptions { FrameTimeout = due }, "5:x"),
        ["JsonRpcListenerOptions.IdleTimeout"] = (due, clock) => Stays(clock, new JsonRpcListenerOptions { IdleTimeout = due }),
        ["JsonRpcListenerOptions.HalfClosedLimit"] = (due, clock) =>
        {
            (Host host, RawPeer peer) = Calling(clock, new JsonRpcListenerOptions { HalfClosedLimit = due });
            peer.EndSending();
            host.Calls[0].TryAnswer(RawJson.Parse("1"));
            Assert.Contains("\"result\":1", peer.Read());
            Assert.True(peer.SeesEnd);
        },
        ["JsonRpcListenerOptions.StopGrace"] = (due, clock) =>
        {
            (Host host, RawPeer peer) = Calling(clock, new JsonRpcListenerOptions { StopGrace = due, MaxConnections = 1 });
            RawPeer turnedAway = host.Connect();
            Task stopped = host.Listener.StopAsync(TimeSpan.MaxValue).AsTask();
            host.Calls[0].TryAnswer(RawJson.Parse("1"));
            Assert.Contains("\"result\":1", peer.Read());
            peer.EndSending();
            turnedAway.EndSending();
            Assert.True(stopped.Wait(TimeSpan.FromSeconds(10)));
        },
        ["RequestPolicy.TotalTimeout"] = (due, clock) => Serves(clock, policy: new RequestPolicy { TotalTimeout = due, WhenDisconnected = WhenDisconnected.Wait }),
        ["RequestPolicy.TryTimeout"] = (due, clock) => Serves(clock, policy: new RequestPolicy { TryTimeout = due }),
        ["ScriptedAnswer.After(delay)"] = (due, clock) =>
        {
            var network = new InMemoryNetwork(clock);
            var server = new ScriptedServer(network, new InMemoryEndPoint("a"), clock);
            server.On("late", answer => answer.Result("1").After(due));
            var client = new JsonRpcClient(network.ClientOptions(server.WithPriority(0)), clock);
            client.Request("late").Subscribe(_ => { }, _ => { });
            string heard = "";
            client.Request("m").Subscribe(result => heard = result.ToString());
            Assert.Equal("\"a\"", heard);
        },
        ["SocketConnector.UserTimeout"] = (due, clock) => _ = new SocketConnector(clock) { UserTimeout = due },
        ["SuspendedWork.Suspend(limit)"] = (due, clock) =>
        {
            var outcomes = new List<Outcome<int>>();
            var work = new SuspendedWork<int>(outcomes.Add);
            work.Suspend(due, clock).TryResume(new Outcome<int> { Result = 7 });
            Assert.Equal(7, Assert.Single(outcomes).Result);
        },
        ["TcpKeepAlive.Interval"] = (due, clock) => Serves(clock, options => options with { TcpKeepAlive = new TcpKeepAlive { Interval = due } }),
        ["TcpKeepAlive.Time"] = (due, clock) => Serves(clock, options => options with { TcpKeepAlive = new TcpKeepAlive { Time = due } }),
        ["WithinOperator.Within(due)"] = (due, clock) => Assert.Equal(7, Observable.Return(7).Within(due, clock).Wait()),
    };

    /// <summary>What only says how long something took.</summary>
    public static IReadOnlyCollection<string> NoWaits { get; } =
        ["Attempt.StartedAfter", "Attempt.Took", "RequestRecord..ctor(Took)", "RequestRecord.Took", "ServerDiagnostic.Late"];

    private static void Serves(
        NarrowClock clock,
        Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null,
        RequestPolicy? policy = null,
        Action<ClientInVirtualTime, JsonRpcClient>? then = null)
    {
        var world = new ClientInVirtualTime(clock);
        JsonRpcClient client = world.Client("a", change);
        Assert.Equal("\"a\"", world.Subscribe(client.Request("m", policy: policy)).Value.ToString());
        // Long enough for the first heartbeat.
        world.AdvanceTo(6000);
        Assert.Equal("\"a\"", world.Subscribe(client.Request("m", policy: policy)).Value.ToString());
        then?.Invoke(world, client);
        Completes(client.DisposeAsync(), clock);
    }

    /// <summary>What is lost stays alive and comes back when its time has come, as far as anybody can wait for that.</summary>
    private static void Retries(Backoff backoff, NarrowClock clock)
    {
        int tries = 0;
        IObservable<int> source = Observable.Defer(() => ++tries == 1 ? Observable.Throw<int>(new IOException()) : Observable.Return(7));
        var seen = new List<int>();
        Exception? failure = null;
        using IDisposable retrying = source.RetryWithBackoff(1, backoff, clock, random: () => 0.999).Subscribe(seen.Add, error => failure = error);
        TimeSpan wait = backoff.Delay(1, () => 0.999);
        if (wait < TimeSpan.FromDays(1000)) clock.AdvanceBy(wait.Ticks);
        Assert.Null(failure);
        Assert.Equal(wait < TimeSpan.FromDays(1000) ? [7] : [], seen);

        var world = new ClientInVirtualTime(clock);
        JsonRpcClient client = world.Client("a!", options => options with { Reconnect = backoff });
        Assert.Equal(ServerState.Waiting, client.Groups[0].Servers[0].State);
        Answers<RawJson> round = world.Subscribe(client.Request("m", policy: new RequestPolicy { Retries = 1, Backoff = backoff, TotalTimeout = TimeSpan.FromSeconds(1) }));
        Assert.True(round.Silent);
        clock.AdvanceBy(TimeSpan.TicksPerSecond);
        round.Failure<NoServerException>();
        Completes(client.DisposeAsync(), clock);

        Gateway(clock, change: options => options with { Reconnect = backoff });
    }

    private static void Ejects(BreakerOptions breaker, NarrowClock clock)
    {
        var world = new ClientInVirtualTime(clock);
        JsonRpcClient client = world.Client("a,1 b,0", options => options with { Breaker = breaker with { ConsecutiveFailures = 1 }, Random = () => 0.999 });
        world["a"].OnCall = _ => { };
        world.Subscribe(client.Request("m"));
        clock.AdvanceBy(TimeSpan.TicksPerSecond);
        Assert.Equal(ServerState.Ejected, client.Snapshot().Servers[0].State);
        Assert.Equal("\"b\"", world.Subscribe(client.Request("m")).Value.ToString());
    }

    private static void Leaves(TimeSpan due, NarrowClock clock)
    {
        var world = new ClientInVirtualTime(clock);
        using var topology = new Subject<IReadOnlyList<ServerAddress>>();
        JsonRpcClient client = world.Client("a b", options => options with { DrainTimeout = due, Topology = topology, Servers = [options.Servers[0]] });
        FakeCall? held = null;
        world["a"].OnCall = call => held = call;
        Answers<RawJson> answer = world.Subscribe(client.Request("m"));
        topology.OnNext([new ServerAddress(new InMemoryEndPoint("b"))]);
        Assert.Null(client.Snapshot().TopologyFault);
        held!.Result("1");
        Assert.Equal("1", answer.Value.ToString());
        Assert.Equal("\"b\"", world.Subscribe(client.Request("m")).Value.ToString());
    }

    private static void Returns(NarrowClock clock, Func<JsonRpcClientOptions, JsonRpcClientOptions> change)
    {
        var world = new ClientInVirtualTime(clock);
        JsonRpcClient client = world.Client("a,1 b,1 c,0", change);
        world["a"].Kill();
        world["a"].Start();
        clock.AdvanceBy(TimeSpan.TicksPerSecond);
        Assert.Equal(ServerState.Connected, client.Snapshot().Servers[0].State);
        for (int i = 0; i < 4; i++) Assert.NotEqual("\"c\"", world.Subscribe(client.Request("m")).Value.ToString());
    }

    private static void Route(NarrowClock clock, Action<InMemoryRoute> slow)
    {
        var world = new ClientInVirtualTime(clock);
        slow(world.Network.At("a"));
        JsonRpcClient client = world.Client("a,1 b,0");
        Answers<RawJson> answer = world.Subscribe(client.Request("m", policy: Idempotent));
        clock.AdvanceBy(TimeSpan.TicksPerSecond);
        Assert.Equal("\"b\"", answer.Value.ToString());
    }

    private static (Host Host, RawPeer Peer) Calling(NarrowClock clock, JsonRpcListenerOptions? options = null)
    {
        Host host = Host.Keeping(options, clock);
        RawPeer peer = host.Connect();
        Assert.Null(peer.Ask("""{"jsonrpc":"2.0","method":"m","id":1}"""));
        Assert.Single(host.Calls);
        return (host, peer);
    }

    /// <summary>A peer that says so much and nothing more is still there after an hour.</summary>
    private static void Stays(NarrowClock clock, JsonRpcListenerOptions options, string said = "")
    {
        RawPeer peer = Host.Keeping(options, clock).Connect();
        if (said.Length > 0) peer.SendRaw(said);
        clock.AdvanceBy(TimeSpan.TicksPerHour);
        Assert.False(peer.SeesEnd);
    }

    private static void Gateway(
        NarrowClock clock, Action<GatewayInVirtualTime>? then = null, Func<EvapiGatewayOptions, EvapiGatewayOptions>? change = null)
    {
        var world = new GatewayInVirtualTime(clock);
        world.Serve(change: change);
        world.Kamailio.Request();
        Assert.Equal("1:10 OK result \"a\"", world.Kamailio.Answer.ToString());
        then?.Invoke(world);
        world.Kamailio.Kill();
        Assert.Equal(EvapiState.Waiting, world.Gateway.Sockets[0].State);
        Completes(world.Gateway.DisposeAsync(), clock);
    }

    private static void Completes(ValueTask task, TestScheduler clock)
    {
        Task running = task.AsTask();
        clock.AdvanceBy(10 * TimeSpan.TicksPerSecond);
        Assert.True(running.Wait(TimeSpan.FromSeconds(10)));
    }
}
