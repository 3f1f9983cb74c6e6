using System.Reactive.Subjects;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>Those who wait for a server are called by what the user, or the topology, does about servers too.</summary>
public class WaitingForServerTopologyTests
{
    private static readonly RequestPolicy Wait = new() { WhenDisconnected = WhenDisconnected.Wait };

    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void Request_TopologyNamesNoServerYet_WaitsForTheFirstOne()
    {
        var topology = new BehaviorSubject<IReadOnlyList<ServerAddress>>([]);
        JsonRpcClient client = _world.Client("a", options => options with { Topology = topology });
        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Wait));
        _world.AdvanceTo(300);
        Assert.True(answers.Silent);

        topology.OnNext([new ServerAddress(new InMemoryEndPoint("a"))]);
        _world.AdvanceTo(301);

        Assert.Equal("\"a\"", answers.Value.ToString());
        Assert.Equal(300, answers.CompletedAt);
    }

    [Fact]
    public void Request_TopologyNamesNoServerInTime_FailsAsNoServer()
    {
        var topology = new BehaviorSubject<IReadOnlyList<ServerAddress>>([]);
        JsonRpcClient client = _world.Client("a", options => options with { Topology = topology });

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Wait with { TotalTimeout = TimeSpan.FromMilliseconds(300) }));
        _world.AdvanceTo(300);

        NoServerException failure = answers.Failure<NoServerException>();
        Assert.Equal(300, answers.Error!.Value.At);
        Assert.StartsWith("m: no server answered after 0 attempts within the total timeout of 300 ms: the client had no server to ask", failure.Message);
        Assert.Equal(("failure", Written.NotWritten), (Outcome<RawJson>.From(failure).Reason, failure.Written));
    }

    [Fact]
    public void Request_OnlyServerIsDisabled_WaitsUntilItIsEnabled()
    {
        JsonRpcClient client = _world.Client("a");
        ServerAddress server = client.Groups[0].Servers[0].Address;
        client.Disable(server);
        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Wait));
        _world.AdvanceTo(300);
        Assert.True(answers.Silent);

        client.Enable(server);
        _world.AdvanceTo(301);

        Assert.Equal("\"a\"", answers.Value.ToString());
        Assert.Equal(300, answers.CompletedAt);
    }

    [Fact]
    public void Request_OnlyServerIsDrained_WaitsUntilItIsEnabledThoughItStayedConnected()
    {
        JsonRpcClient client = _world.Client("a");
        ServerAddress server = client.Groups[0].Servers[0].Address;
        client.Drain(server);
        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Wait));
        _world.AdvanceTo(300);
        Assert.True(answers.Silent);
        Assert.Empty(_world["a"].Calls);

        client.Enable(server);
        _world.AdvanceTo(301);

        Assert.Equal("\"a\"", answers.Value.ToString());
        Assert.Equal(300, answers.CompletedAt);
    }

    [Fact]
    public void Request_ServerWithRoomIsDrained_IsNotCalledInVainWhenOthersComeAndGo()
    {
        JsonRpcClient client = _world.Client("a,2 b!,1");
        ServerAddress server = client.Groups[0].Servers[0].Address;
        client.Drain(server);
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m", policy: Wait));
        _world.AdvanceTo(1000);

        client.Enable(server);

        Assert.Equal([AttemptEnd.Unavailable, AttemptEnd.Unavailable, AttemptEnd.Result], answers.Value.Attempts.Select(attempt => attempt.End));
    }

    [Fact]
    public void Request_ServerIsEnabled_AsManyAreCalledAsAllItsConnectionsTake()
    {
        JsonRpcClient client = _world.Client("a", options => options with { ConnectionsPerServer = 2, MaxInFlightPerServer = 4 });
        _world["a"].OnCall = _ => { };
        ServerAddress server = client.Groups[0].Servers[0].Address;
        client.Drain(server);
        for (int i = 0; i < 5; i++) _world.Subscribe(client.Request("m", policy: Wait));

        client.Enable(server);

        Assert.Equal(4, _world["a"].Calls.Count);
    }
}
