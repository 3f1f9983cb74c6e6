using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

public class ServerAdmissionTests
{
    [Fact]
    public void Call_DuringTheFirstConnect_WaitsForIt()
    {
        (OneServer world, TaskCompletionSource go) = Held();
        (Answers<Reply<RawJson>> waiting, _) = world.Call();
        Assert.True(waiting.Silent);
        go.SetResult();
        Assert.Equal("true", waiting.Value.Result.ToString());
    }

    [Fact]
    public void Call_FirstConnectFails_IsRefusedWithItsReason()
    {
        (OneServer world, TaskCompletionSource go) = Held();
        (Answers<Reply<RawJson>> waiting, AttemptRecord record) = world.Call();
        go.SetException(new IOException("no route to host"));
        Assert.Contains("no route to host", waiting.Failure<ServerUnavailableException>().Message);
        Assert.Equal(Written.NotWritten, record.Written);
    }

    [Fact]
    public void Call_DisposedWhileItWaits_IsNeverSent()
    {
        (OneServer world, TaskCompletionSource go) = Held();
        (Answers<Reply<RawJson>> waiting, _) = world.Call();
        waiting.Subscription.Dispose();
        go.SetResult();
        Assert.True(waiting.Silent);
        Assert.Empty(world.Peer.Calls);
        Assert.Equal(0, world.Server.InFlight);
        world.Call();
        Assert.Single(world.Peer.Calls);
    }

    [Fact]
    public void Call_LineFull_IsRefused()
    {
        (OneServer world, _) = Held(options => options with { MaxInFlightPerServer = 2 });
        Answers<Reply<RawJson>>[] calls = [world.Call().Answers, world.Call().Answers, world.Call().Answers];
        Assert.Equal([true, true, false], calls.Select(call => call.Silent));
        string refusal = calls[2].Failure<ServerUnavailableException>().Message;
        Assert.All(["memory:a", "2 requests", nameof(JsonRpcClientOptions.MaxInFlightPerServer)], part => Assert.Contains(part, refusal));
    }

    [Fact]
    public void Call_Reconnecting_IsRefusedAtOnce()
    {
        var world = new OneServer();
        world.Server.Start();
        world.AdvanceTo(50);
        Assert.Contains("Nobody listens", world.Call().Answers.Failure<ServerUnavailableException>().Message);
    }

    [Fact]
    public void Drain_DuringTheFirstConnect_RequestsThatWaitAreStillSent()
    {
        (OneServer world, TaskCompletionSource go) = Held();
        (Answers<Reply<RawJson>> waiting, _) = world.Call();
        world.Server.Drain();
        Assert.Equal(ServerState.Draining, world.Server.State);

        go.SetResult();

        Assert.Equal("true", waiting.Value.Result.ToString());
        Assert.Equal(ServerState.Draining, world.Server.State);
    }

    [Fact]
    public void Drain_FirstConnectFails_RequestsThatWaitAreRefused()
    {
        (OneServer world, TaskCompletionSource go) = Held();
        (Answers<Reply<RawJson>> waiting, _) = world.Call();
        world.Server.Drain();
        go.SetException(new IOException("no route to host"));
        waiting.Failure<ServerUnavailableException>();
    }

    [Fact]
    public void Call_OneOfTwoConnectionsIsFull_TakesTheOther()
    {
        var world = new OneServer(options => options with { ConnectionsPerServer = 2, MaxInFlightPerServer = 4 });
        world.Peer.OnCall = _ => { };
        world.Peer.Start();
        world.Server.Start();
        for (int i = 0; i < 4; i++) Assert.True(world.Call().Answers.Silent);
        Assert.Contains("has 4 requests in flight", world.Call().Answers.Failure<ServerUnavailableException>().Message);
        Assert.Equal(4, world.Peer.Calls.Count);

        FakeCall[] onFirst = [.. world.Peer.Calls.Where(call => call.Connection == world.Peer.Calls[0].Connection)];
        foreach (FakeCall call in onFirst) call.Result("1");

        Assert.Equal(2, world.Server.InFlight);
        Assert.True(world.Call().Answers.Silent);
        Assert.True(world.Call().Answers.Silent);
        Assert.Equal(4, world.Server.InFlight);
    }

    [Fact]
    public void Call_RacesWithTheEndOfTheFirstConnect_IsNotRefused() => Race.Run(
        3000,
        () =>
        {
            (OneServer world, TaskCompletionSource go) = Held();
            return (World: world, Go: go, Answers: new Answers<Reply<RawJson>>[1]);
        },
        round => round.Go.SetResult(),
        round => round.Answers[0] = round.World.Call().Answers,
        round => Assert.Equal("true", round.Answers[0].Value.Result.ToString()));

    private static (OneServer World, TaskCompletionSource Go) Held(Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
    {
        var go = new TaskCompletionSource();
        OneServer? world = null;
        world = new OneServer(change, async (endPoint, token) =>
        {
            await go.Task;
            return await world!.Network.ConnectAsync(endPoint, token);
        });
        world.Peer.Start();
        world.Server.Start();
        return (world, go);
    }
}
