using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>A request waits for a server's first connect while the client has no usable server, and no longer.</summary>
public class FirstConnectTests : TopologyScene
{
    /// <summary>How long a usable server of a lower priority is passed over at the start of a client.</summary>
    private const int Grace = 250;

    [Fact]
    public void Topology_AddsAServerThatHangs_RequestsGoToTheConnectedOneAtOnce()
    {
        JsonRpcClient client = Client("a b", "a");
        World.Network.At("b").NeverConnect();
        Assert.Equal("\"a\"", One(client));
        Push(client, "a b");

        for (int i = 0; i < 10; i++) Assert.Equal("\"a\"", One(client));
        Assert.Equal(0, World.Now);
    }

    [Fact]
    public void Topology_AddsAServerOfAHigherPriorityThatHangs_RequestsGoToTheConnectedOneAtOnce()
    {
        JsonRpcClient client = Client("a b", "a");
        World.Network.At("b").NeverConnect();
        World.AdvanceTo(Grace);
        Push(client, "a,0 b,1");

        for (int i = 0; i < 10; i++) Assert.Equal("\"a\"", One(client));
        Assert.Equal(Grace, World.Now);
    }

    [Fact]
    public void Start_OneOfTwoHangs_ItsRequestsMoveOnWhenTheOtherIsConnected()
    {
        World.Network.At("a").NeverConnect();
        World.Network.At("b").ConnectDelay(TimeSpan.FromMilliseconds(30));
        JsonRpcClient client = World.Client("a b");
        Answers<RawJson>[] answers = [World.Subscribe(client.Request("m")), World.Subscribe(client.Request("m"))];
        World.AdvanceTo(29);
        Assert.All(answers, answer => Assert.True(answer.Silent));

        World.AdvanceTo(30);

        Assert.All(answers, answer => Assert.Equal((30L, "\"b\""), (answer.CompletedAt!.Value, answer.Value.ToString())));
    }

    /// <summary>What may be tried on one server alone would end if it were sent away from the one that it waits for.</summary>
    [Fact]
    public void Start_RequestsThatMayNotMove_WaitForTheServerOfTheirTurn()
    {
        World.Network.At("b").ConnectDelay(TimeSpan.FromMilliseconds(30));
        JsonRpcClient client = World.Client("a b");
        var once = new RequestPolicy { Replay = Replay.Never };
        Answers<RawJson>[] answers = [World.Subscribe(client.Request("m", policy: once)), World.Subscribe(client.Request("m", policy: once))];
        Answers<System.Reactive.Unit>[] notified = [World.Subscribe(client.Notify("n", policy: once)), World.Subscribe(client.Notify("n", policy: once))];

        World.AdvanceTo(30);

        Assert.Equal(["\"a\"", "\"b\""], answers.Select(answer => answer.Value.ToString()));
        Assert.All(notified, sent => Assert.NotNull(sent.CompletedAt));
    }

    [Fact]
    public void Start_NotificationsAndRequestsInTheLine_BothMoveOn()
    {
        World.Network.At("a").NeverConnect();
        World.Network.At("b").ConnectDelay(TimeSpan.FromMilliseconds(30));
        JsonRpcClient client = World.Client("a,1 b,0");
        Answers<System.Reactive.Unit> notified = World.Subscribe(client.Notify("n"));
        Answers<RawJson> answer = World.Subscribe(client.Request("m"));

        World.AdvanceTo(Grace - 1);
        Assert.True(notified.Silent);
        Assert.True(answer.Silent);
        World.AdvanceTo(Grace);

        Assert.Equal(Grace, notified.CompletedAt);
        Assert.Equal("\"b\"", answer.Value.ToString());
    }

    /// <summary>A first priority that is only a little slower than its backup still has the requests of the start.</summary>
    [Fact]
    public void Start_FirstPriorityIsConnectedWithinTheGrace_HasTheRequests()
    {
        World.Network.At("a").ConnectDelay(TimeSpan.FromMilliseconds(Grace - 1));
        JsonRpcClient client = World.Client("a,1 b,0");
        Answers<RawJson> answer = World.Subscribe(client.Request("m"));
        World.AdvanceTo(Grace - 1);
        Assert.Equal("\"a\"", answer.Value.ToString());
        Assert.Empty(World["b"].Calls);
    }

    [Fact]
    public void Start_FirstPriorityHangs_HoldsNothingUpAfterTheGrace()
    {
        World.Network.At("a").NeverConnect();
        JsonRpcClient client = World.Client("a,1 b,0");
        Answers<RawJson> early = World.Subscribe(client.Request("m"));
        World.AdvanceTo(Grace - 1);
        Assert.True(early.Silent);
        World.AdvanceTo(Grace);
        Assert.Equal("\"b\"", early.Value.ToString());
        Assert.Equal("\"b\"", One(client));
    }

    [Fact]
    public void Start_BackupIsConnectedAfterTheGrace_HasTheRequestsAtOnce()
    {
        World.Network.At("a").NeverConnect();
        World.Network.At("b").ConnectDelay(TimeSpan.FromMilliseconds(300));
        JsonRpcClient client = World.Client("a,1 b,0");
        Answers<RawJson> answer = World.Subscribe(client.Request("m"));
        World.AdvanceTo(299);
        Assert.True(answer.Silent);
        World.AdvanceTo(300);
        Assert.Equal("\"b\"", answer.Value.ToString());
    }

    [Fact]
    public void Start_NoServerIsUsable_RequestsWaitForTheFirstConnect()
    {
        World.Network.At("a").ConnectDelay(TimeSpan.FromMilliseconds(400));
        JsonRpcClient client = World.Client("a,1 b!,0");
        Answers<RawJson> answer = World.Subscribe(client.Request("m"));
        World.AdvanceTo(399);
        Assert.True(answer.Silent);
        World.AdvanceTo(400);
        Assert.Equal("\"a\"", answer.Value.ToString());
    }

    /// <summary>The request has tried the server that comes back already: to send it away would end it.</summary>
    [Fact]
    public void Start_ServerThatTheRequestTriedComesBack_TheRequestGoesOnWaiting()
    {
        World.Network.At("b").ConnectDelay(TimeSpan.FromMilliseconds(200));
        JsonRpcClient client = World.Client("a! b");
        Answers<RawJson> answer = World.Subscribe(client.Request("m"));
        World["a"].Start();
        World.AdvanceTo(199);
        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
        Assert.True(answer.Silent);
        World.AdvanceTo(200);
        Assert.Equal("\"b\"", answer.Value.ToString());
    }

    /// <summary>A notification to each server has nowhere else to go.</summary>
    [Fact]
    public void NotifyAll_OneServerIsStillBeingConnected_WaitsForIt()
    {
        World.Network.At("b").ConnectDelay(TimeSpan.FromMilliseconds(300));
        JsonRpcClient client = World.Client("a b");
        Answers<NotifyReport> reports = World.Subscribe(client.NotifyAll("n"));
        World.AdvanceTo(300);
        Assert.Equal([0, 300], reports.Values.Select(report => report.At));
        Assert.All(reports.Values, report => Assert.Null(report.Value.Failure));
    }

    [Fact]
    public void Ejected_TheOnlyConnectedServer_IsNotUsable()
    {
        World.Network.At("b").NeverConnect();
        JsonRpcClient client = Client("a b", "a", options => options with { Breaker = new BreakerOptions { ConsecutiveFailures = 1 } });
        World["a"].OnCall = _ => { };
        World.Subscribe(client.Request("m"));
        World.AdvanceTo(500);
        Assert.Equal(ServerState.Ejected, client.Groups[0].Servers[0].State);
        World.Network.At("b").Heal().ConnectDelay(TimeSpan.FromMilliseconds(100));
        Push(client, "b,1 a,0");
        Assert.Equal(ServerState.Connecting, client.Groups[0].Servers[0].State);

        Answers<RawJson> answer = World.Subscribe(client.Request("m"));
        World.AdvanceTo(600);
        Assert.Equal("\"b\"", answer.Value.ToString());
    }
}
