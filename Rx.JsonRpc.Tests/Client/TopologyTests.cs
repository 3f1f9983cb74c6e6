using System.Reactive.Linq;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What the lists say: servers that come and go, and change their rank.</summary>
public class TopologyTests : TopologyScene
{
    [Fact]
    public void OnNext_ServerAdded_TakesRequestsAndTheOthersKeepTheirConnections()
    {
        JsonRpcClient client = Client("a b", initially: "a");
        Server a = client.Groups[0].Servers[0];
        World.AdvanceTo(100);

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
        World["a"].OnCall = call => held ??= call;
        Answers<RawJson> open = World.Subscribe(client.Request("m", policy: Patient));
        Server a = client.Groups[0].Servers[0];
        World.AdvanceTo(1_000);

        Push(client, "b");
        Assert.Equal(ServerState.Draining, a.State);
        Assert.Equal(["\"b\"", "\"b\""], Two(client));
        World.AdvanceTo(2_000);
        held!.Result("7");

        Assert.Equal("7", open.Value.ToString());
        Assert.Equal(["1000: Connected -> Draining (removed from the topology)", "2000: Draining -> Retired (removed from the topology)"], Told("a"));
        Assert.False(World["a"].Connection!.TrySend("late"u8));
        World.AdvanceTo(60_000);
        Assert.Equal([0L], Accepted("a"));
        Assert.Single(World["a"].Calls);
    }

    [Fact]
    public void OnNext_ServerRemovedAndDrainTimeoutPasses_EndsWhatIsInFlight()
    {
        JsonRpcClient client = Client("a b", change: options => options with { DrainTimeout = TimeSpan.FromSeconds(3) });
        World["a"].OnCall = _ => { };
        Answers<RawJson> open = World.Subscribe(client.Request("m", policy: Patient));

        Push(client, "b");
        World.AdvanceTo(2_999);
        Assert.True(open.Silent);
        World.AdvanceTo(3_000);

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
        World.AdvanceTo(150);

        Push(client, "b");
        World["a"].Start();
        World.AdvanceTo(5_000);

        Assert.Equal(ServerState.Retired, a.State);
        Assert.Empty(World["a"].Accepted);
    }

    [Fact]
    public async Task OnNext_ServerRemovedAndRetired_LeavesNoTimer()
    {
        JsonRpcClient client = Client("a b", change: options => options with { DrainTimeout = TimeSpan.FromHours(1) });
        FakeCall? held = null;
        World["a"].OnCall = call => held ??= call;
        World.Subscribe(client.Request("m", policy: Patient));

        Push(client, "b");
        held!.Result("7");
        await client.DisposeAsync();
        World.Clock.Start();

        Assert.InRange(World.Now, 0, 200_000);
    }

    [Fact]
    public void OnNext_RetiredServerIsRemoved_LeavesNoTimer()
    {
        JsonRpcClient client = Client("a! b", change: options => options with { MaxConnectionAttempts = 0 });
        Assert.Equal(ServerState.Retired, client.Groups[0].Servers[0].State);

        Push(client, "b");
        World.Clock.Start();

        Assert.Equal(0, World.Now);
    }

    [Fact]
    public void Snapshot_ServerRemoved_IsToldUntilItHasEnded()
    {
        JsonRpcClient client = Client("a b c", initially: "a b");
        FakeCall? held = null;
        World["a"].OnCall = call => held ??= call;
        World.Subscribe(client.Request("m", policy: Patient));

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
        World["a"].OnCall = _ => { };
        Answers<RawJson> open = World.Subscribe(client.Request("m", policy: Patient));
        Server a = client.Groups[0].Servers[0];

        client.Disable(a.Address);
        client.Enable(a.Address);
        Push(client, "b");
        Assert.Equal(ServerState.Draining, a.State);
        World.AdvanceTo(3_000);

        open.Failure<ConnectionLostException>();
        Assert.Equal(ServerState.Retired, a.State);
    }

    [Fact]
    public void OnNext_ServerComesBack_IsANewServer()
    {
        JsonRpcClient client = Client("a b");
        Server before = client.Groups[0].Servers[0];
        Push(client, "b");
        World.AdvanceTo(1_000);

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

        Topology.OnNext([Address("a"), Address("b") with { Weight = 3 }]);

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
        World["a"].OnCall = _ => { };
        Push(client, "a b");

        for (int i = 0; i < 60; i++) World.Subscribe(client.Request("m"));
        World.AdvanceTo(600);

        // Alone in its old group it would never be ejected by rate.
        Assert.Equal(ServerState.Ejected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void OnNext_DisabledServerGetsAnotherPriority_IsNobodysOtherHalf()
    {
        JsonRpcClient client = Client("a,1 b,2", change: options => options with { Breaker = new BreakerOptions { ConsecutiveFailures = int.MaxValue } });
        World["b"].OnCall = _ => { };
        client.Disable(Address("a"));
        Push(client, "a,2 b,2");

        for (int i = 0; i < 60; i++) World.Subscribe(client.Request("m"));
        World.AdvanceTo(600);

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
        World["a"].OnCall = call => call.Error(-32000, "busy");
        var policy = new RequestPolicy { RetryOn = ErrorCodes.Parse("-32000"), Retries = 1, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(50)) };
        Answers<Reply<RawJson>> answers = World.Subscribe(client.Call("m", policy: policy));
        Push(client, "");
        World.AdvanceTo(100);
        Assert.Equal(-32000, answers.Value.Error!.Code);
    }

    [Fact]
    public void OnNext_BetweenTwoRounds_TheNextRoundTakesTheNewServers()
    {
        JsonRpcClient client = Client("a! b", initially: "a!");
        World.AdvanceTo(10);
        var policy = new RequestPolicy { Retries = 1, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(50)) };
        Answers<Reply<RawJson>> answers = World.Subscribe(client.Call("m", policy: policy));

        Push(client, "a! b");
        World.AdvanceTo(60);

        Assert.Equal("\"b\"", answers.Value.Result.ToString());
        Assert.Equal(60, answers.CompletedAt);
    }

    [Fact]
    public void Request_MadeBeforeAChange_TakesTheServersOfItsSubscription()
    {
        JsonRpcClient client = Client("a b", initially: "a");
        IObservable<RawJson> request = client.Request("m");

        Push(client, "b");

        Assert.Equal("\"b\"", World.Subscribe(request).Value.ToString());
    }

    [Fact]
    public void Request_NoServerYet_FailsAsNoServer()
    {
        JsonRpcClient client = Client("a", initially: "");

        NoServerException none = World.Subscribe(client.Request("m")).Failure<NoServerException>();
        Push(client, "a");

        Assert.Equal("m: the client has no server at the moment: its topology names none; it was not sent. Wait for the topology to name one, or set WhenDisconnected to Wait", none.Message);
        Assert.Equal((Written.NotWritten, "m"), (none.Written, none.Method));
        Assert.Equal("\"a\"", One(client));
    }

    [Fact]
    public void Request_NoServerAtFirst_ALaterRoundFindsOne()
    {
        JsonRpcClient client = Client("a", initially: "");
        var policy = new RequestPolicy { Retries = 2, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(50)) };
        Answers<RawJson> request = World.Subscribe(client.Request("m", policy: policy));

        World.AdvanceTo(60);
        Push(client, "a");
        World.AdvanceTo(100);

        Assert.Equal("\"a\"", request.Value.ToString());
    }
}
