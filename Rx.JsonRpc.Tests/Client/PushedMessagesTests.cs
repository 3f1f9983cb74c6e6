using System.Text.Json;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class PushedMessagesTests
{
    [Fact]
    public void Notify_ServerUp_CompletesWhenHandedOver()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");

        Answers<System.Reactive.Unit> answers = world.Subscribe(client.Notify("reload", RawJson.Parse("[1]")));

        Assert.Equal(System.Reactive.Unit.Default, answers.Value);
        FakeCall call = Assert.Single(world["a"].Calls);
        Assert.Equal(("reload", "[1]", null), (call.Method, call.Parameters, call.Id));
    }

    [Fact]
    public void Notify_FirstServerAway_MovesOn()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!,2 b,1");

        world.Subscribe(client.Notify("reload"));

        Assert.Single(world["b"].Calls);
    }

    [Fact]
    public void Notify_NoServer_Fails()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!");

        world.Subscribe(client.Notify("reload")).Failure<NoServerException>();
    }

    [Fact]
    public void Notify_WriterIsStuck_CompletesWhenItIsHandedOverAndNoSooner()
    {
        ClientInVirtualTime world = StuckWriter(out JsonRpcClient client);
        Answers<System.Reactive.Unit> answers = world.Subscribe(client.Notify("reload"));
        world.AdvanceTo(100);
        Assert.True(answers.Silent);

        world.Network.At("a").Heal();

        Assert.Equal(100, Assert.Single(answers.Values).At);
        Assert.Equal(["big", "reload"], world["a"].Calls.Select(call => call.Method));
    }

    [Fact]
    public void Notify_QueueIsFull_MovesOn()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1", options => options with { MaxFrameBytes = 100_000, MaxQueuedBytesPerConnection = 100_000 });
        world.Network.At("a").BlackHole();
        RawJson large = RawJson.Parse($"[\"{new string('x', 70_000)}\"]");
        // What the socket holds back, and what fills the queue behind it.
        for (int i = 0; i < 2; i++) world.Subscribe(client.Notify("fill", large));

        Answers<System.Reactive.Unit> answers = world.Subscribe(client.Notify("reload", large));

        Assert.Equal(System.Reactive.Unit.Default, answers.Value);
        Assert.Equal("reload", Assert.Single(world["b"].Calls).Method);
    }

    [Fact]
    public void Notify_FaultyParameters_FailsAndSendsNothing()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1");

        InvalidParametersException failure = world.Subscribe(client.Notify("reload", RawJson.Parse("5"))).Failure<InvalidParametersException>();

        Assert.Equal(("reload", Written.NotWritten), (failure.Method, failure.Written));
        Assert.Empty(world["a"].Calls);
        Assert.Empty(world["b"].Calls);
    }

    [Fact]
    public void Notify_ConnectionLostBeforeItHadLeft_MovesOn()
    {
        ClientInVirtualTime world = StuckWriter(out JsonRpcClient client);
        Answers<System.Reactive.Unit> answers = world.Subscribe(client.Notify("reload"));
        world.AdvanceTo(100);

        world.Network.At("a").Reset();

        Assert.Equal(100, Assert.Single(answers.Values).At);
        Assert.Equal("reload", Assert.Single(world["b"].Calls).Method);
    }

    [Fact]
    public void Notify_ConnectionLostAfterwards_IsNotSentAgain()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1");
        world.Subscribe(client.Notify("reload", policy: new RequestPolicy { Replay = Replay.Always }));

        world["a"].Kill();
        world.AdvanceTo(10_000);

        Assert.Single(world["a"].Calls);
        Assert.Empty(world["b"].Calls);
    }

    [Fact]
    public void Notifications_ServerPushes_ReachTheObserver()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        Answers<ServerNotification> seen = world.Subscribe(client.Notifications);

        world["a"].Connection!.TrySend("""{"jsonrpc":"2.0","method":"user_changed","params":{"id":1234}}"""u8);

        ServerNotification pushed = Assert.Single(seen.Values).Value;
        Assert.Equal(("memory:a", "user_changed", """{"id":1234}"""), (pushed.Server.ToString(), pushed.Method, pushed.Parameters.ToString()));
    }

    [Fact]
    public void Notifications_ObserverThatHangs_DropsAndCounts()
    {
        var world = new ClientInVirtualTime();
        var later = new Later();
        JsonRpcClient client = world.Client("a", options => options with { Continuations = later, MaxQueuedEvents = 2 });
        later.Run();
        Answers<ServerNotification> seen = world.Subscribe(client.Notifications);
        for (int i = 1; i <= 5; i++) world["a"].Connection!.TrySend(System.Text.Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","method":"m{{i}}"}"""));

        later.Run();

        Assert.Equal([("m1", true), ("m2", true)], seen.Values.Select(pushed => (pushed.Value.Method, pushed.Value.Parameters.IsEmpty)));
        Assert.Equal(3, client.Groups[0].Servers[0].DroppedFor(DropReason.QueueFull));
    }

    [Fact]
    public void ServerCalls_NoHandler_AreToldThatThereIsNoMethod()
    {
        var world = new ClientInVirtualTime();
        world.Client("a");
        string? answer = null;
        world["a"].OnUnreadable = text => answer = text;

        world["a"].Connection!.TrySend("""{"jsonrpc":"2.0","method":"ping","id":"s1"}"""u8);

        JsonElement reply = JsonDocument.Parse(answer!).RootElement;
        Assert.Equal(-32601, reply.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal("s1", reply.GetProperty("id").GetString());
    }

    /// <summary>Whatever is sent to the first server now waits behind bytes that its network does not take.</summary>
    private static ClientInVirtualTime StuckWriter(out JsonRpcClient client)
    {
        var world = new ClientInVirtualTime();
        client = world.Client("a,2 b,1");
        world.Network.At("a").BlackHole();
        world.Subscribe(client.Notify("big", RawJson.Parse($"[\"{new string('x', 70_000)}\"]")));
        return world;
    }
}
