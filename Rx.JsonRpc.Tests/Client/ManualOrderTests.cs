using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class ManualOrderTests
{
    private static readonly ServerAddress A = new(new InMemoryEndPoint("a"), Priority: 77);
    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void Drain_OpenRequest_MayEndAndNewOnesGoElsewhereWhileItStaysConnected()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        FakeCall? held = null;
        _world["a"].OnCall = call => held = call;
        Answers<RawJson> open = _world.Subscribe(client.Request("m"));

        client.Drain(A);
        Answers<Reply<RawJson>> next = _world.Subscribe(client.Call("m"));
        held!.Result("7");
        _world.AdvanceTo(10_000);

        Assert.Equal("7", open.Value.ToString());
        Assert.Equal("\"b\"", next.Value.Result.ToString());
        Assert.Equal("memory:a takes no new requests: drained by hand", next.Value.Attempts[0].Reason);
        Assert.Equal((ServerState.Draining, 1), (Seen(client).State, Seen(client).Connections));
        client.Enable(A);
        _world["a"].OnCall = call => call.Result("8");
        Assert.Equal("8", One(client));
        Assert.Equal(["Connected -> Draining (drained by hand)", "Draining -> Connected (enabled by hand)"], Told());
        Assert.Single(_world["a"].Accepted);
    }

    [Fact]
    public void Disable_OpenRequest_ClosesWhenItHasEndedAndConnectsNoMore()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        FakeCall? held = null;
        _world["a"].OnCall = call => held = call;
        Answers<RawJson> open = _world.Subscribe(client.Request("m"));

        client.Disable(A);
        Assert.Equal((ServerState.Disabled, 1), (Seen(client).State, Seen(client).Connections));
        Assert.Equal("\"b\"", One(client));
        held!.Result("7");

        Assert.Equal("7", open.Value.ToString());
        Assert.Equal((ServerState.Disabled, 0), (Seen(client).State, Seen(client).Connections));
        _world.AdvanceTo(60_000);
        Assert.Single(_world["a"].Accepted);
        client.Enable(A);
        _world["a"].OnCall = call => call.Result("8");
        Assert.Equal("8", One(client));
        Assert.Equal(
            ["Connected -> Disabled (disabled by hand)", "Disabled -> Connecting (enabled by hand)", "Connecting -> Connected (connected)"], Told());
        Assert.Equal(2, _world["a"].Accepted.Count);
    }

    [Fact]
    public void Enable_WhileTheOldConnectionIsStillBusy_OpensAnotherAndLetsItEnd()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        FakeCall? held = null;
        _world["a"].OnCall = call => held = call;
        Answers<RawJson> open = _world.Subscribe(client.Request("m"));

        client.Disable(A);
        client.Enable(A);
        Assert.Equal((ServerState.Connected, 2, 1), (Seen(client).State, Seen(client).Connections, Seen(client).InFlight));
        Assert.Equal(1, client.Groups[0].Servers[0].InFlight);
        held!.Result("7");

        Assert.Equal("7", open.Value.ToString());
        Assert.Equal((ServerState.Connected, 1, 0), (Seen(client).State, Seen(client).Connections, Seen(client).InFlight));
        Assert.Equal("connected", Seen(client).Reason);
    }

    [Fact]
    public void Enable_OldConnectionIsBusyAndNobodyListens_IsNotConnected()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        _world["a"].OnCall = _ => { };
        _world.Subscribe(client.Request("m"));

        client.Disable(A);
        _world["a"].StopListening();
        client.Enable(A);

        Assert.Equal((ServerState.Waiting, 1, 1), (Seen(client).State, Seen(client).Connections, Seen(client).InFlight));
    }

    [Fact]
    public void Drain_ConnectionIsLostAndComesBack_StillSaysWhy()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        client.Drain(A);

        _world["a"].Connection!.Dispose();
        _world.AdvanceTo(1_000);

        Assert.Equal((ServerState.Draining, "drained by hand", 1), (Seen(client).State, Seen(client).Reason, Seen(client).Connections));
    }

    [Fact]
    public void Disable_OtherOfTwo_TheLastOneIsNotEjectedByRate()
    {
        JsonRpcClient client = _world.Client("b a", options => options with { Breaker = new BreakerOptions { ConsecutiveFailures = int.MaxValue } });
        client.Disable(A);
        _world["b"].OnCall = _ => { };
        for (int i = 0; i < 60; i++) _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(600);
        Assert.Equal(ServerState.Connected, Seen(client).State);

        client.Enable(A);
        for (int i = 0; i < 120; i++) _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(1200);
        Assert.Equal(ServerState.Ejected, Seen(client).State);
    }

    [Fact]
    public void Drain_DuringTheFirstConnect_RequestsThatWaitMoveOn()
    {
        _world.Network.At("a").NeverConnect();
        JsonRpcClient client = _world.Client("a,2 b,1");
        Answers<RawJson> waiting = _world.Subscribe(client.Request("m"));
        Assert.True(waiting.Silent);
        client.Drain(A);
        Assert.Equal("\"b\"", waiting.Value.ToString());
    }

    [Fact]
    public void Disable_EveryOtherServerEjected_IsStillNotAsked()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        _world["a"].OnCall = _world["b"].OnCall = _ => { };
        // What it waits for keeps a connected, so that it could be asked.
        Answers<RawJson> open = _world.Subscribe(client.Request("open", policy: new RequestPolicy { TryTimeout = TimeSpan.FromSeconds(60), TotalTimeout = TimeSpan.FromSeconds(60) }));
        client.Disable(A);
        for (int i = 0; i < 5; i++) _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(500);
        _world["b"].OnCall = call => call.Result("\"b\"");

        // a takes no requests and does not count: b is the last that might work.
        Assert.Equal("\"b\"", One(client));
        Assert.Equal((true, 1), (open.Silent, Seen(client).Connections));
        Assert.Equal(["open"], _world["a"].Calls.Select(call => call.Method));
    }

    [Fact]
    public void Drain_TheOnlyServerLeftUsable_DoesNotCountForTheOthersEjection()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        client.Drain(A);
        _world["b"].OnCall = _ => { };
        for (int i = 0; i < 5; i++) _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(500);
        _world["b"].OnCall = call => call.Result("\"b\"");
        Assert.Equal("\"b\"", One(client));
        Assert.Empty(_world["a"].Calls);
    }

    [Fact]
    public void Enable_ServerWhoseAttemptsAreUsedUp_ConnectsAgain()
    {
        JsonRpcClient client = _world.Client("a!", options => options with { MaxConnectionAttempts = 1 });
        _world.AdvanceTo(1_000);
        Assert.Equal((ServerState.Retired, 2), (Seen(client).State, Seen(client).ConnectAttempts));
        _world["a"].Start();

        client.Enable(A);

        Assert.Equal("\"a\"", One(client));
    }

    [Fact]
    public async Task Dispose_DisabledServer_IsToldAsRetired()
    {
        JsonRpcClient client = _world.Client("a");
        client.Disable(A);
        await client.DisposeAsync();
        Assert.Equal("Disabled -> Retired (the client was disposed)", Told()[^1]);
        Assert.Throws<ObjectDisposedException>(() => client.Enable(A));
    }

    [Fact]
    public void Order_UnknownServer_IsRefusedByName()
    {
        JsonRpcClient client = _world.Client("a b");
        string message = Assert.Throws<ArgumentException>(() => client.Drain(new ServerAddress(new InMemoryEndPoint("x")))).Message;
        Assert.StartsWith("memory:x is no server of this client; its servers are: memory:a, memory:b.", message);
    }

    [Fact]
    public void Order_ClientHasNoServer_SaysSo()
    {
        JsonRpcClient client = _world.Client("a", options => options with
        {
            Topology = System.Reactive.Linq.Observable.Return<IReadOnlyList<ServerAddress>>([]),
        });
        Assert.Contains("its servers are: none.", Assert.Throws<ArgumentException>(() => client.Drain(A)).Message);
    }

    [Fact]
    public void Snapshot_OneOfTwoConnectionsIsAway_TellsItsAttempts()
    {
        JsonRpcClient client = _world.Client("a", options => options with { ConnectionsPerServer = 2 });
        _world["a"].Kill();

        _world.AdvanceTo(250);

        Assert.Equal((ServerState.Connected, 1, 2), (Seen(client).State, Seen(client).Connections, Seen(client).ConnectAttempts));
    }

    [Fact]
    public void Snapshot_TellsTheMomentAndStaysAsItIs()
    {
        JsonRpcClient client = _world.Client("a,2 b!,1", options => options with { Random = () => 0 });
        _world["a"].OnCall = _ => { };
        for (int i = 0; i < 5; i++) _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(550);
        // Every server is ejected or away, so it is asked all the same.
        _world.Subscribe(client.Request("m"));

        ClientSnapshot seen = client.Snapshot();
        _world.AdvanceTo(20_000);

        ServerSnapshot a = seen.Servers[0];
        ServerSnapshot b = seen.Servers[1];
        Assert.Equal((550L, 2), (Milliseconds(seen.At), seen.Servers.Count));
        Assert.Equal((ServerState.Ejected, 500L, 1, 1, 0), (a.State, Milliseconds(a.Since), a.InFlight, a.Connections, a.ConnectAttempts));
        Assert.Equal(5_500L, Milliseconds(a.EjectedUntil!.Value));
        Assert.StartsWith("ejected by its circuit breaker for 5 s", a.Reason);
        Assert.Equal((ServerState.Waiting, 500L, 0, 0, 6), (b.State, Milliseconds(b.Since), b.InFlight, b.Connections, b.ConnectAttempts));
        Assert.Contains("Nobody listens", b.Reason);
        Assert.Null(b.EjectedUntil);
        Assert.Equal(0, a.Dropped[DropReason.LateReply]);
    }

    private static long Milliseconds(DateTimeOffset at) => at.Ticks / TimeSpan.TicksPerMillisecond;

    private static ServerSnapshot Seen(JsonRpcClient client) => client.Snapshot().Servers[0];

    private string One(JsonRpcClient client) => _world.Subscribe(client.Request("m")).Value.ToString();

    private string[] Told() =>
        [.. _world.Changes.Where(change => change.Server.EndPoint.Equals(A.EndPoint)).Select(change => $"{change.From} -> {change.To} ({change.Reason})")];
}
