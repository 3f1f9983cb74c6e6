using System.Reactive;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class BoundsTests
{
    [Fact]
    public void Request_AsManyOpenAsMaxInFlightAllows_FailsAtOnceAndSaysSo()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a b", options => options with { MaxInFlight = 3 });
        world["a"].OnCall = world["b"].OnCall = _ => { };
        Answers<RawJson>[] open = [.. Enumerable.Range(0, 3).Select(_ => world.Subscribe(client.Request("m")))];
        world.AdvanceTo(40);

        Answers<RawJson> refused = world.Subscribe(client.Request("get_user"));
        Answers<Unit> notification = world.Subscribe(client.Notify("n"));

        ServerUnavailableException failure = refused.Failure<ServerUnavailableException>();
        Assert.StartsWith("get_user: ", failure.Message);
        Assert.Contains("3 open requests", failure.Message);
        Assert.Contains(nameof(JsonRpcClientOptions.MaxInFlight), failure.Message);
        Assert.Equal(("get_user", Written.NotWritten, 40), (failure.Method, failure.Written, refused.Error!.Value.At));
        Assert.Empty(failure.Attempts);
        Assert.Equal("failure", Outcome<RawJson>.From(failure).Reason);
        notification.Failure<ServerUnavailableException>();
        Assert.All(open, answers => Assert.True(answers.Silent));
        Assert.Equal(3, world["a"].Calls.Count + world["b"].Calls.Count);
    }

    [Fact]
    public void Request_OneOfThoseOpenEnds_MakesRoomForOneMore()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a", options => options with { MaxInFlight = 3 });
        world["a"].OnCall = _ => { };
        Answers<RawJson>[] open = [.. Enumerable.Range(0, 3).Select(_ => world.Subscribe(client.Request("m")))];

        world["a"].Calls[0].Result("1");
        Assert.True(world.Subscribe(client.Request("m")).Silent);
        world.Subscribe(client.Request("m")).Failure<ServerUnavailableException>();
        open[1].Subscription.Dispose();
        Assert.True(world.Subscribe(client.Request("m")).Silent);
        world.Subscribe(client.Request("m")).Failure<ServerUnavailableException>();
        world.AdvanceTo(500);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(world.Subscribe(client.Request("m")).Silent));
        world.Subscribe(client.Request("m")).Failure<ServerUnavailableException>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FirstConnect_OneThatWaitsIsDisposed_MakesRoomForOneMore(bool notification)
    {
        var world = new ClientInVirtualTime();
        world.Network.At("a").NeverConnect();
        JsonRpcClient client = world.Client("a", options => options with { MaxInFlightPerServer = 1 });
        IDisposable waiting = notification ? world.Subscribe(client.Notify("n")).Subscription : world.Subscribe(client.Request("m")).Subscription;
        Assert.Contains("MaxInFlightPerServer", world.Subscribe(client.Request("m")).Failure<NoServerException>().Message);

        waiting.Dispose();

        Assert.True(world.Subscribe(client.Request("m")).Silent);
    }

    [Fact]
    public void Request_WaitingForItsNextRound_CountsAsOpen()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!", options => options with { MaxInFlight = 1 });

        Answers<RawJson> waiting = world.Subscribe(client.Request("m", policy: new RequestPolicy { Retries = -1 }));

        Assert.Contains("MaxInFlight", world.Subscribe(client.Request("m")).Failure<ServerUnavailableException>().Message);
        Assert.True(waiting.Silent);
    }
}
