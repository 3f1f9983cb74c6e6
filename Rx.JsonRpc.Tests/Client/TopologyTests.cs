using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class TopologyTests
{
    private readonly Subject<IReadOnlyList<ServerAddress>> _topology = new();
    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void OnNext_ServerAdded_TakesRequestsAndTheOthersKeepTheirConnections()
    {
        JsonRpcClient client = Client("a b", initially: "a");
        Server a = client.Groups[0].Servers[0];
        _world.AdvanceTo(100);

        Push(client, "a b");

        Assert.Equal(["\"a\"", "\"b\""], Two(client).Order());
        Assert.Same(a, client.Groups[0].Servers[0]);
        Assert.Equal([0L], Accepted("a"));
        Assert.Equal([100L], Accepted("b"));
    }

    [Fact]
    public void OnNext_ServerRemoved_DrainsThenRetiresWhenItsLastRequestEnds()
    {
        JsonRpcClient client = Client("a b");
        FakeCall? held = null;
        _world["a"].OnCall = call => held ??= call;
        Answers<RawJson> open = _world.Subscribe(client.Request("m", policy: Patient));
        Server a = client.Groups[0].Servers[0];
        _world.AdvanceTo(1_000);

        Push(client, "b");
        Assert.Equal(ServerState.Draining, a.State);
        Assert.Equal(["\"b\"", "\"b\""], Two(client));
        _world.AdvanceTo(2_000);
        held!.Result("7");

        Assert.Equal("7", open.Value.ToString());
        Assert.Equal(["1000: Connected -> Draining (removed from the topology)", "2000: Draining -> Retired (removed from the topology)"], Told("a"));
        Assert.False(_world["a"].Connection!.TrySend("late"u8));
        _world.AdvanceTo(60_000);
        Assert.Equal([0L], Accepted("a"));
        Assert.Single(_world["a"].Calls);
    }

    [Fact]
    public void OnNext_ServerRemovedAndDrainTimeoutPasses_EndsWhatIsInFlight()
    {
        JsonRpcClient client = Client("a b", change: options => options with { DrainTimeout = TimeSpan.FromSeconds(3) });
        _world["a"].OnCall = _ => { };
        Answers<RawJson> open = _world.Subscribe(client.Request("m", policy: Patient));

        Push(client, "b");
        _world.AdvanceTo(2_999);
        Assert.True(open.Silent);
        _world.AdvanceTo(3_000);

        ConnectionLostException lost = open.Failure<ConnectionLostException>();
        Assert.Contains("removed from the topology; 1 in flight were given up after 00:00:03", lost.Message);
        Assert.Equal(Written.MaybeExecuted, lost.Written);
        Assert.EndsWith("Draining -> Retired (removed from the topology; 1 in flight were given up after 00:00:03)", Told("a")[^1]);
    }

    [Fact]
    public void OnNext_ServerRemovedWhileItIsAway_RetiresAtOnceAndConnectsNoMore()
    {
        JsonRpcClient client = Client("a! b");
        Server a = client.Groups[0].Servers[0];
        _world.AdvanceTo(150);

        Push(client, "b");
        _world["a"].Start();
        _world.AdvanceTo(5_000);

        Assert.Equal(ServerState.Retired, a.State);
        Assert.Empty(_world["a"].Accepted);
    }

    [Fact]
    public async Task OnNext_ServerRemovedAndRetired_LeavesNoTimer()
    {
        JsonRpcClient client = Client("a b", change: options => options with { DrainTimeout = TimeSpan.FromHours(1) });
        FakeCall? held = null;
        _world["a"].OnCall = call => held ??= call;
        _world.Subscribe(client.Request("m", policy: Patient));

        Push(client, "b");
        held!.Result("7");
        await client.DisposeAsync();
        _world.Clock.Start();

        Assert.InRange(_world.Now, 0, 200_000);
    }

    [Fact]
    public void OnNext_RetiredServerIsRemoved_LeavesNoTimer()
    {
        JsonRpcClient client = Client("a! b", change: options => options with { MaxConnectionAttempts = 0 });
        Assert.Equal(ServerState.Retired, client.Groups[0].Servers[0].State);

        Push(client, "b");
        _world.Clock.Start();

        Assert.Equal(0, _world.Now);
    }

    [Fact]
    public void Snapshot_ServerRemoved_IsToldUntilItHasEnded()
    {
        JsonRpcClient client = Client("a b c", initially: "a b");
        FakeCall? held = null;
        _world["a"].OnCall = call => held ??= call;
        _world.Subscribe(client.Request("m", policy: Patient));

        Push(client, "b");
        Push(client, "b c");
        Assert.Equal(["memory:b", "memory:c", "memory:a"], client.Snapshot().Servers.Select(server => server.Address.ToString()));
        held!.Result("7");

        Assert.Equal(["memory:b", "memory:c"], client.Snapshot().Servers.Select(server => server.Address.ToString()));
    }

    [Fact]
    public void OnNext_ServerRemovedWhileAnEarlierConnectionIsBusy_DrainsThatOneToo()
    {
        JsonRpcClient client = Client("a b", change: options => options with { DrainTimeout = TimeSpan.FromSeconds(3) });
        _world["a"].OnCall = _ => { };
        Answers<RawJson> open = _world.Subscribe(client.Request("m", policy: Patient));
        Server a = client.Groups[0].Servers[0];

        client.Disable(a.Address);
        client.Enable(a.Address);
        Push(client, "b");
        Assert.Equal(ServerState.Draining, a.State);
        _world.AdvanceTo(3_000);

        open.Failure<ConnectionLostException>();
        Assert.Equal(ServerState.Retired, a.State);
    }

    [Fact]
    public void OnNext_ServerComesBack_IsANewServer()
    {
        JsonRpcClient client = Client("a b");
        Server before = client.Groups[0].Servers[0];
        Push(client, "b");
        _world.AdvanceTo(1_000);

        Push(client, "b a");

        Server now = Assert.Single(client.Groups[0].Servers, server => server.Address.ToString() == "memory:a");
        Assert.NotSame(before, now);
        Assert.Equal((ServerState.Retired, ServerState.Connected), (before.State, now.State));
        Assert.Equal([0L, 1_000L], Accepted("a"));
    }

    [Fact]
    public void OnNext_OtherPriorities_ChangesTheRankOnly()
    {
        JsonRpcClient client = Client("a,2 b,1");
        Server a = client.Groups[0].Servers[0];

        Push(client, "a,1 b,2");

        Assert.Equal([2, 1], client.Groups.Select(group => group.Priority));
        Assert.Same(a, client.Groups[1].Servers[0]);
        Assert.Equal(1, a.Address.Priority);
        Assert.Equal(["\"b\"", "\"b\""], Two(client));
        Assert.Equal([0L, 0L], Accepted("a").Concat(Accepted("b")));
    }

    [Fact]
    public void OnNext_OtherWeights_ChangesTheSharesAndGoesOnTurning()
    {
        JsonRpcClient client = Client("a b");
        Assert.Equal("\"a\"", One(client));

        _topology.OnNext([Address("a"), Address("b") with { Weight = 3 }]);

        Assert.Equal(3, Enumerable.Range(0, 4).Select(_ => One(client)).Count(answer => answer == "\"b\""));
    }

    [Fact]
    public void OnNext_GroupUnchangedButReordered_KeepsItsTurn()
    {
        JsonRpcClient client = Client("a,2 b,2 c,2 d,1", initially: "a,2 b,2 c,2");
        ServerGroup before = client.Groups[0];
        Assert.Equal("\"a\"", One(client));

        Push(client, "d,1 c,2 b,2 a,2");

        Assert.Same(before, client.Groups[0]);
        Assert.Equal(["\"b\"", "\"c\""], Two(client));
    }

    [Fact]
    public void OnNext_ServerAddedToAGroup_ItsTurnGoesOn()
    {
        JsonRpcClient client = Client("a b c d", initially: "a b c");
        Assert.Equal("\"a\"", One(client));
        Push(client, "a b c d");
        Assert.Equal(["\"b\"", "\"c\""], Two(client));
    }

    [Fact]
    public void OnNext_OtherPriority_TheBreakerGoesAlong()
    {
        JsonRpcClient client = Client("a,2 b,1", change: options => options with { Breaker = new BreakerOptions { ConsecutiveFailures = int.MaxValue } });
        _world["a"].OnCall = _ => { };
        Push(client, "a b");

        for (int i = 0; i < 60; i++) _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(600);

        // Alone in its old group it would never be ejected by rate.
        Assert.Equal(ServerState.Ejected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void OnNext_DisabledServerGetsAnotherPriority_IsNobodysOtherHalf()
    {
        JsonRpcClient client = Client("a,1 b,2", change: options => options with { Breaker = new BreakerOptions { ConsecutiveFailures = int.MaxValue } });
        _world["b"].OnCall = _ => { };
        client.Disable(Address("a"));
        Push(client, "a,2 b,2");

        for (int i = 0; i < 60; i++) _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(600);

        Assert.Equal(ServerState.Connected, client.Snapshot().Servers.Single(server => server.Address.EndPoint.ToString() == "memory:b").State);
    }

    [Fact]
    public void OnNext_ClientDrains_NewServersDrainToo()
    {
        JsonRpcClient client = Client("a b", initially: "a");
        _ = client.DrainAsync(TimeSpan.FromSeconds(1)).AsTask();
        Push(client, "a b");
        Assert.Equal([ServerState.Draining, ServerState.Draining], client.Groups[0].Servers.Select(server => server.State));
    }

    [Fact]
    public void OnNext_EmptyAfterARetryableError_GivesThatError()
    {
        JsonRpcClient client = Client("a");
        _world["a"].OnCall = call => call.Error(-32000, "busy");
        var policy = new RequestPolicy { RetryOn = ErrorCodes.Parse("-32000"), Retries = 1, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(50)) };
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m", policy: policy));
        Push(client, "");
        _world.AdvanceTo(100);
        Assert.Equal(-32000, answers.Value.Error!.Code);
    }

    [Fact]
    public void OnNext_BetweenTwoRounds_TheNextRoundTakesTheNewServers()
    {
        JsonRpcClient client = Client("a! b", initially: "a!");
        _world.AdvanceTo(10);
        var policy = new RequestPolicy { Retries = 1, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(50)) };
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m", policy: policy));

        Push(client, "a! b");
        _world.AdvanceTo(60);

        Assert.Equal("\"b\"", answers.Value.Result.ToString());
        Assert.Equal(60, answers.CompletedAt);
    }

    [Fact]
    public void Request_MadeBeforeAChange_TakesTheServersOfItsSubscription()
    {
        JsonRpcClient client = Client("a b", initially: "a");
        IObservable<RawJson> request = client.Request("m");

        Push(client, "b");

        Assert.Equal("\"b\"", _world.Subscribe(request).Value.ToString());
    }

    [Fact]
    public void Request_NoServerYet_FailsAsNoServer()
    {
        JsonRpcClient client = Client("a", initially: "");

        NoServerException none = _world.Subscribe(client.Request("m")).Failure<NoServerException>();
        Push(client, "a");

        Assert.Equal("m: the client has no server at the moment: its topology names none", none.Message);
        Assert.Equal((Written.NotWritten, "m"), (none.Written, none.Method));
        Assert.Equal("\"a\"", One(client));
    }

    [Fact]
    public void Request_NoServerAtFirst_ALaterRoundFindsOne()
    {
        JsonRpcClient client = Client("a", initially: "");
        var policy = new RequestPolicy { Retries = 2, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(50)) };
        Answers<RawJson> request = _world.Subscribe(client.Request("m", policy: policy));

        _world.AdvanceTo(60);
        Push(client, "a");
        _world.AdvanceTo(100);

        Assert.Equal("\"a\"", request.Value.ToString());
    }

    [Fact]
    public void OnNext_FaultyLists_AreRefusedAsAWholeAndTold()
    {
        JsonRpcClient client = Client("a b");
        Answers<TopologyFault> faults = _world.Subscribe(client.TopologyFaults);
        IReadOnlyList<ServerGroup> before = client.Groups;

        _topology.OnNext(null!);
        _topology.OnNext([Address("b"), Address("b")]);
        _topology.OnNext([Address("b"), null!]);
        _topology.OnNext([Address("b") with { Weight = 0 }]);
        _topology.OnNext(new Unreadable());

        Assert.Same(before, client.Groups);
        Assert.Equal(
            [
                "the list of servers cannot be read: it is null",
                "the list of servers is faulty, the last one stands: servers[1] names memory:b again",
                "the list of servers is faulty, the last one stands: servers[1] has no end point",
                "the list of servers is faulty, the last one stands: servers[0].Weight is 0; it must be at least 1",
                "the list of servers cannot be read: the registry is gone",
            ],
            faults.Values.Select(fault => fault.Value.Reason));
        Assert.Equal(faults.Values[^1].Value, client.Snapshot().TopologyFault);
        Push(client, "a");
        Assert.Null(client.Snapshot().TopologyFault);
    }

    [Fact]
    public void OnError_KeepsTheLastListAndIsTold()
    {
        JsonRpcClient client = Client("a b", initially: "a");
        Answers<TopologyFault> faults = _world.Subscribe(client.TopologyFaults);
        Push(client, "b");
        var failure = new IOException("the registry is gone");

        _topology.OnError(failure);

        Assert.Equal("\"b\"", One(client));
        Assert.Same(failure, Assert.Single(faults.Values).Value.Error);
    }

    [Fact]
    public void OnCompleted_KeepsTheLastListSilently()
    {
        JsonRpcClient client = Client("a");
        Answers<TopologyFault> faults = _world.Subscribe(client.TopologyFaults);
        _topology.OnCompleted();
        Assert.Equal("\"a\"", One(client));
        Assert.True(faults.Silent);
    }

    [Fact]
    public void Subscribe_Throws_IsTheTopologysFailure()
    {
        JsonRpcClient client = Client("a", change: options => options with
        {
            Topology = new RawObservable<IReadOnlyList<ServerAddress>>(Throw),
        });
        Assert.Equal("\"a\"", One(client));
        Assert.Contains("no registry", client.Snapshot().TopologyFault!.Reason);

        static IDisposable Throw(IObserver<IReadOnlyList<ServerAddress>> observer) => throw new IOException("no registry");
    }

    [Fact]
    public async Task Dispose_UnsubscribesAndClosesAlsoWhatStillDrains()
    {
        JsonRpcClient client = Client("a b c", initially: "a b");
        _world["a"].OnCall = _ => { };
        Answers<RawJson> open = _world.Subscribe(client.Request("m", policy: Patient));
        Push(client, "b");

        await client.DisposeAsync();

        Assert.False(_topology.HasObservers);
        open.Failure<ObjectDisposedException>();
        Assert.False(_world["a"].Connection!.TrySend("late"u8));
        Assert.Contains("Draining -> Retired", Told("a")[^1]);
        int told = _world.Changes.Count;
        _world.AdvanceTo(120_000);
        Assert.Equal(told, _world.Changes.Count);
        Assert.Empty(_world["c"].Accepted);
    }

    [Fact]
    public async Task OnNext_FromATopologyThatDoesNotStop_AfterDisposeConnectsNobody()
    {
        IObserver<IReadOnlyList<ServerAddress>>? told = null;
        JsonRpcClient client = Client("a b", initially: "a", change: options => options with
        {
            Topology = new RawObservable<IReadOnlyList<ServerAddress>>(observer => { told = observer; }),
        });
        await client.DisposeAsync();

        told!.OnNext([Address("b")]);

        Assert.Empty(_world["b"].Accepted);
    }

    [Fact]
    public async Task Dispose_DrainTimeoutOfARemovedServerPassesMeanwhile_IsStillToldAsDisposed()
    {
        JsonRpcClient client = Client("a b", change: options => options with { DrainTimeout = TimeSpan.FromSeconds(1) });
        _world["a"].OnCall = _ => { };
        _world.Subscribe(client.Request("m", policy: Patient));
        Push(client, "b");
        _world.Network.At("a").BlackHole();
        _world.AdvanceTo(800);
        Task disposed = client.DisposeAsync().AsTask();

        _world.AdvanceTo(2_000);
        await disposed.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("1300: Draining -> Retired (the client was disposed)", Told("a")[^1]);
    }

    [Fact]
    public void OnNext_RacesWithDispose_LeavesNoConnectionOpen() => Race.Run(
        300,
        () =>
        {
            var world = new ClientInVirtualTime();
            var topology = new Subject<IReadOnlyList<ServerAddress>>();
            JsonRpcClient client = world.Client("a b", options => options with { Servers = [options.Servers[0]], Topology = topology });
            return (World: world, Client: client, Topology: topology);
        },
        round => round.Topology.OnNext([new ServerAddress(new Rx.JsonRpc.Testing.InMemoryEndPoint("b"))]),
        round => round.Client.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(30)),
        round =>
        {
            round.World.AdvanceTo(10_000);
            Assert.All(new[] { "a", "b" }, name => Assert.False(round.World[name].Connection?.TrySend("late"u8) ?? false));
        });

    private static RequestPolicy Patient => new() { TryTimeout = TimeSpan.FromSeconds(50), TotalTimeout = TimeSpan.FromSeconds(100) };

    private JsonRpcClient Client(string servers, string? initially = null, Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null) =>
        _world.Client(servers, options =>
        {
            options = options with { Servers = initially is null ? options.Servers : Addresses(initially), Topology = _topology };
            return change is null ? options : change(options);
        });

    private void Push(JsonRpcClient client, string servers)
    {
        _topology.OnNext(Addresses(servers));
        Assert.Null(client.Snapshot().TopologyFault);
    }

    private static ServerAddress[] Addresses(string servers) =>
        [.. servers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(item => item.Split(',')).Select(parts =>
            Address(parts[0].TrimEnd('!')) with { Priority = parts.Length > 1 ? int.Parse(parts[1]) : 0 })];

    private static ServerAddress Address(string name) => new(new Rx.JsonRpc.Testing.InMemoryEndPoint(name));

    private string One(JsonRpcClient client) => _world.Subscribe(client.Request("m")).Value.ToString();

    private string[] Two(JsonRpcClient client) => [One(client), One(client)];

    private long[] Accepted(string name) => [.. _world[name].Accepted.Select(ticks => ticks / TimeSpan.TicksPerMillisecond)];

    private string[] Told(string name) =>
        [.. _world.Changes.Where(change => change.Server.ToString() == $"memory:{name}")
            .Select(change => $"{change.At.Ticks / TimeSpan.TicksPerMillisecond}: {change.From} -> {change.To} ({change.Reason})")];

    private sealed class Unreadable : IReadOnlyList<ServerAddress>
    {
        public int Count => throw new IOException("the registry is gone");

        public ServerAddress this[int index] => throw new IOException("the registry is gone");

        public IEnumerator<ServerAddress> GetEnumerator() => throw new IOException("the registry is gone");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
