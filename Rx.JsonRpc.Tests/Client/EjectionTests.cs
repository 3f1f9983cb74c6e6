using System.Reactive;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What ejected servers mean for the others, and for how long. Calls that get no reply fail after 500 ms.</summary>
public class EjectionTests
{
    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void Request_EveryServerEjected_IsSentAllTheSameAndEjectionStands()
    {
        JsonRpcClient client = BothEjected();
        _world["a"].OnCall = call => call.Result("1");

        Answers<Reply<RawJson>>[] answers = [.. Enumerable.Range(0, 3).Select(_ => _world.Subscribe(client.Call("m")))];

        Assert.All(answers, answer => Assert.Equal("memory:a", Assert.Single(answer.Value.Attempts).Server.ToString()));
        Assert.Equal(8, _world["a"].Calls.Count);
        Assert.All(client.Groups, group => Assert.Equal(ServerState.Ejected, group.Servers[0].State));
    }

    [Fact]
    public void Notify_EveryServerEjected_IsSentAllTheSame()
    {
        JsonRpcClient client = BothEjected();
        Assert.Equal(1000, _world.Subscribe(client.Notify("n")).CompletedAt);
        Assert.Equal("n", _world["a"].Calls[^1].Method);
    }

    [Fact]
    public void Notify_FirstServerEjected_TakesTheNextAndNeverProbes()
    {
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { Random = () => 0 });
        _world["a"].OnCall = _ => { };
        Request(client, 5);
        _world.AdvanceTo(500);
        Answers<Unit> whileEjected = _world.Subscribe(client.Notify("n"));
        _world.AdvanceTo(5_500);

        Answers<Unit> whenItsTimeIsOver = _world.Subscribe(client.Notify("n"));

        Assert.Equal((500, 5_500), (whileEjected.CompletedAt, whenItsTimeIsOver.CompletedAt));
        Assert.Equal(["n", "n"], _world["b"].Calls.Select(call => call.Method));
        Request(client, 1);
        Assert.Equal(6, _world["a"].Calls.Count);
    }

    [Fact]
    public void Request_TheOtherServerHasLostOneOfTwoConnections_TheEjectedOneIsNotAsked()
    {
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { Random = () => 0, ConnectionsPerServer = 2 });
        _world["a"].OnCall = _ => { };
        Request(client, 5);
        _world.AdvanceTo(500);
        _world["b"].Connection!.Dispose();

        Assert.Equal("\"b\"", _world.Subscribe(client.Request("m")).Value.ToString());
        Assert.Equal(5, _world["a"].Calls.Count);
    }

    [Theory]
    [InlineData("a", 0)]
    [InlineData("a b", 1)]
    [InlineData("a b c", 1)]
    [InlineData("a b c d e", 2)]
    public void Request_MostCallsFailEverywhere_AtMostHalfOfTheGroupIsEjectedByRate(string servers, int most)
    {
        JsonRpcClient client = _world.Client(servers, options => options with { Breaker = new BreakerOptions { ConsecutiveFailures = int.MaxValue }, Random = () => 0 });
        string[] names = servers.Split(' ');
        foreach (string name in names) _world[name].OnCall = _ => { };
        for (int i = 1; i <= 45; i++)
        {
            Request(client, names.Length);
            _world.AdvanceTo(i * 100);
            Assert.True(Ejected(client) <= most);
        }

        Assert.Equal(most, Ejected(client));
    }

    [Fact]
    public void Request_ProbesFail_EjectionGrowsAndIsJitteredAnew()
    {
        var random = new Queue<double>([0.5, 0.25, 1]);
        BreakerOptions breaker = new() { MaxEjection = TimeSpan.FromSeconds(15) };
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { Breaker = breaker, Random = random.Dequeue });
        _world["a"].OnCall = _ => { };
        Request(client, 5);
        // 5 s and a tenth of it; 10 s and a twentieth of it; 15 s and a fifth of it.
        foreach ((int probes, double returns) in new[] { (1, 500 + 5_500), (2, 6_500 + 10_500), (3, 17_500 + 18_000) })
        {
            _world.AdvanceTo(returns - 1);
            Request(client, 1);
            Assert.Equal(4 + probes, _world["a"].Calls.Count);
            _world.AdvanceTo(returns);
            Request(client, 1);
            Assert.Equal(5 + probes, _world["a"].Calls.Count);
        }
        Assert.Equal(
            ["ejected by its circuit breaker for 5.5 s: 5 failures in a row"],
            _world.Changes.Where(change => change.To == ServerState.Ejected).Select(change => change.Reason));
        Assert.Equal("ejected by its circuit breaker for 18 s: its probe call failed", client.Snapshot().Servers[0].Reason);
    }

    private static int Ejected(JsonRpcClient client) => client.Groups[0].Servers.Count(server => server.State == ServerState.Ejected);

    private JsonRpcClient BothEjected()
    {
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { Random = () => 0 });
        _world["a"].OnCall = _world["b"].OnCall = _ => { };
        Request(client, 5);
        _world.AdvanceTo(500);
        Request(client, 5);
        _world.AdvanceTo(1000);
        Assert.All(client.Groups, group => Assert.Equal(ServerState.Ejected, group.Servers[0].State));
        return client;
    }

    private void Request(JsonRpcClient client, int count)
    {
        for (int i = 0; i < count; i++) _world.Subscribe(client.Request("m"));
    }
}
