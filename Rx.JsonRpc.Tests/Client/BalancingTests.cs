using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class BalancingTests
{
    private readonly ClientInVirtualTime _world = new();
    private readonly Random _random = new(11);

    [Fact]
    public void Defaults_AreThePlainTurns()
    {
        JsonRpcClient client = _world.Client("a b");
        Assert.IsType<RoundRobinTurns<Server>>(client.Groups[0].InTurn);
    }

    [Fact]
    public void LeastInFlight_OneServerIsSlow_GetsWhatItCanBear()
    {
        JsonRpcClient client = Client("a b c", options => options with { Balancing = Balancing.LeastInFlight });
        _world["a"].OnCall = _ => { };

        Requests(client, 300);

        Assert.InRange(_world["a"].Calls.Count, 1, 3);
        Assert.InRange(_world["b"].Calls.Count, 110, 190);
    }

    [Fact]
    public void LeastInFlight_RequestsThatEnded_CountNoMore()
    {
        JsonRpcClient client = Client("a b", options => options with { Balancing = Balancing.LeastInFlight });
        _world["a"].OnCall = _world["b"].OnCall = _ => { };
        Answers<RawJson>[] open = Requests(client, 100);
        Assert.Equal((50, 50), (_world["a"].Calls.Count, _world["b"].Calls.Count));

        foreach (FakeCall call in _world["a"].Calls) call.Result("1");
        Requests(client, 50);

        Assert.Equal((100, 50), (_world["a"].Calls.Count, _world["b"].Calls.Count));
        foreach (Answers<RawJson> answers in open) answers.Subscription.Dispose();
        Requests(client, 50);
        Assert.Equal((100, 100), (_world["a"].Calls.Count, _world["b"].Calls.Count));
    }

    [Fact]
    public void LeastInFlight_FirstChoiceIsAway_TheOthersFollow()
    {
        JsonRpcClient client = Client("a! b c!", options => options with { Balancing = Balancing.LeastInFlight });
        _world.AdvanceTo(10);
        Assert.All(Requests(client, 30), answers => Assert.Equal("\"b\"", answers.Value.ToString()));
    }

    [Fact]
    public void LeastInFlight_OneIsAway_IsNotChosenForItsEmptyHands()
    {
        JsonRpcClient client = Client("a! b c", options => options with { Balancing = Balancing.LeastInFlight });
        _world.AdvanceTo(10);
        for (int i = 0; i < 30; i++) Assert.Single(_world.Subscribe(client.Call("m")).Value.Attempts);
    }

    [Fact]
    public void LeastInFlight_EjectedServer_IsProbedAllTheSame()
    {
        JsonRpcClient client = Client("a b", options => options with { Balancing = Balancing.LeastInFlight });
        _world["a"].OnCall = _ => { };
        Requests(client, 20);
        _world.AdvanceTo(500);
        if (client.Groups[0].Servers[0].State != ServerState.Ejected)
        {
            for (int i = 0; i < 10; i++)
            {
                Requests(client, 20);
                _world.AdvanceTo(1_000 + i * 500);
            }
        }
        Assert.Equal(ServerState.Ejected, client.Groups[0].Servers[0].State);

        _world["a"].OnCall = call => call.Result("\"a\"");
        _world.AdvanceTo(60_000);
        Requests(client, 20);

        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void FailbackDelay_ServerComesBack_IsPassedOverForThatLong()
    {
        JsonRpcClient client = Client("a,2 b,1", options => options with { FailbackDelay = TimeSpan.FromSeconds(10) });
        Assert.Equal("\"a\"", One(client));
        Lose("a", 1_000);
        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
        long back = _world.Changes[^1].At.Ticks / TimeSpan.TicksPerMillisecond;

        Answers<Reply<RawJson>> passed = _world.Subscribe(client.Call("m"));
        _world.AdvanceTo(back + 9_999);
        Assert.Equal("\"b\"", One(client));
        _world.AdvanceTo(back + 10_000);

        Assert.Equal("\"a\"", One(client));
        Assert.Equal("\"b\"", passed.Value.Result.ToString());
        Assert.Single(passed.Value.Attempts);
    }

    [Fact]
    public void FailbackDelay_NobodyElseIsUsable_IsAskedAtOnce()
    {
        JsonRpcClient client = Client("a,2 b,1", options => options with { FailbackDelay = TimeSpan.FromSeconds(10) });
        Lose("a", 1_000);
        _world["b"].Kill();

        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));

        Assert.Equal("\"a\"", answers.Value.Result.ToString());
        Assert.Single(answers.Value.Attempts);
    }

    [Fact]
    public void FailbackDelay_TheOthersFail_IsTheLastResort()
    {
        JsonRpcClient client = Client("a,2 b,1", options => options with { FailbackDelay = TimeSpan.FromSeconds(10) });
        Lose("a", 1_000);
        _world["b"].OnCall = call => call.Error(-32000, "busy");

        Answers<Reply<RawJson>> answers = _world.Subscribe(
            client.Call("m", policy: new RequestPolicy { RetryOn = ErrorCodes.Parse("-32000") }));

        Assert.Equal("\"a\"", answers.Value.Result.ToString());
        Assert.Equal([AttemptEnd.Error, AttemptEnd.Result], answers.Value.Attempts.Select(attempt => attempt.End));
    }

    [Fact]
    public void FailbackDelay_TwoServersComeBack_BothArePassedOver()
    {
        JsonRpcClient client = Client("a,2 b,2 c,1", options => options with { FailbackDelay = TimeSpan.FromSeconds(10) });
        Lose("a", 1_000);
        Lose("b", 1_200);

        Assert.All(Requests(client, 4), answers => Assert.Equal("\"c\"", answers.Value.ToString()));
    }

    [Fact]
    public void FailbackDelay_EveryServerFails_EachIsAskedOnce()
    {
        JsonRpcClient client = Client("a,2 b,1", options => options with { FailbackDelay = TimeSpan.FromSeconds(10) });
        Lose("a", 1_000);
        _world["b"].Kill();
        _world["a"].OnCall = call => call.Error(-32000, "busy");

        Answers<Reply<RawJson>> answers = _world.Subscribe(
            client.Call("m", policy: new RequestPolicy { RetryOn = ErrorCodes.Parse("-32000") }));

        Assert.Equal([AttemptEnd.Error, AttemptEnd.Unavailable], answers.Value.Attempts.Select(attempt => attempt.End));
    }

    [Fact]
    public void FailbackDelay_EnabledThoughItWasOn_IsPassedOverAfterALoss()
    {
        JsonRpcClient client = Client("a,2 b,1", options => options with { FailbackDelay = TimeSpan.FromSeconds(10) });
        client.Enable(client.Groups[0].Servers[0].Address);

        Lose("a", 1_000);

        Assert.Equal("\"b\"", One(client));
    }

    [Fact]
    public void FailbackDelay_FlappingServer_DoesNotPullTrafficBack()
    {
        JsonRpcClient client = Client("a,2 b,1", options => options with { FailbackDelay = TimeSpan.FromSeconds(10) });
        for (int i = 1; i <= 10; i++)
        {
            Lose("a", i * 5_000);
            Assert.Equal("\"b\"", One(client));
        }
    }

    [Fact]
    public void FailbackDelay_FirstConnectLastGroupAndEnabledByHand_KnowNone()
    {
        JsonRpcClient client = Client("a,2 b,1 c,1", options => options with { FailbackDelay = TimeSpan.FromSeconds(10) });
        Assert.Equal("\"a\"", One(client));
        client.Disable(client.Groups[0].Servers[0].Address);
        Lose("b", 1_000);
        Assert.Equal(["\"b\"", "\"c\""], new[] { One(client), One(client) }.Order());

        client.Enable(client.Groups[0].Servers[0].Address);

        Assert.Equal("\"a\"", One(client));
    }

    [Fact]
    public void FailbackDelay_FromEjected_IsPassedOverToo()
    {
        JsonRpcClient client = Client("a,2 b,1", options => options with
        {
            FailbackDelay = TimeSpan.FromSeconds(10),
            Random = () => 0,
        });
        _world["a"].OnCall = _ => { };
        Requests(client, 5);
        _world.AdvanceTo(5_500);
        _world["a"].OnCall = call => call.Result("\"a\"");

        Assert.Equal(["\"a\"", "\"b\""], [One(client), One(client)]);
        _world.AdvanceTo(15_500);
        Assert.Equal("\"a\"", One(client));
    }

    [Theory]
    [InlineData(Balancing.RoundRobin)]
    [InlineData(Balancing.LeastInFlight)]
    public void SlowStart_ServerComesBack_ItsShareGrowsFromATenthToAll(Balancing balancing)
    {
        JsonRpcClient client = Client("a b", options => options with { Balancing = balancing, SlowStart = TimeSpan.FromSeconds(10) });
        Assert.InRange(ShareOfA(client), 0.45, 0.55);
        Lose("a", 1_000);
        long back = _world.Changes[^1].At.Ticks / TimeSpan.TicksPerMillisecond;

        // Weights 0.1 : 1, then 0.5 : 1, then equal.
        Assert.InRange(ShareOfA(client), 0.06, 0.12);
        _world.AdvanceTo(back + 5_000);
        Assert.InRange(ShareOfA(client), 0.29, 0.38);
        _world.AdvanceTo(back + 10_000);
        Assert.InRange(ShareOfA(client), 0.45, 0.55);
    }

    [Fact]
    public void SlowStart_NobodyReturns_TakesThePlainTurns()
    {
        JsonRpcClient client = Client("a b", options => options with { SlowStart = TimeSpan.FromSeconds(10) });
        Assert.Equal(["\"a\"", "\"b\"", "\"a\""], [One(client), One(client), One(client)]);
    }

    [Fact]
    public void SlowStart_ItsTimeIsOver_TakesThePlainTurnsAgain()
    {
        JsonRpcClient client = Client("a b", options => options with { SlowStart = TimeSpan.FromSeconds(10) });
        Lose("a", 1_000);
        _world.AdvanceTo(_world.Now + 10_000);

        string[] answered = [.. Requests(client, 20).Select(answers => answers.Value.ToString())];

        Assert.All(answered.Zip(answered[1..]), turn => Assert.NotEqual(turn.First, turn.Second));
    }

    private JsonRpcClient Client(string servers, Func<JsonRpcClientOptions, JsonRpcClientOptions> change) =>
        _world.Client(servers, options => change(options with { Random = _random.NextDouble }));

    private double ShareOfA(JsonRpcClient client)
    {
        const int Turns = 2_000;
        int before = _world["a"].Calls.Count;
        Requests(client, Turns);
        return (_world["a"].Calls.Count - before) / (double)Turns;
    }

    private void Lose(string name, double at)
    {
        _world.AdvanceTo(at);
        _world[name].Kill();
        _world[name].Start();
        _world.AdvanceTo(at + 150);
    }

    private string One(JsonRpcClient client) => _world.Subscribe(client.Request("m")).Value.ToString();

    private Answers<RawJson>[] Requests(JsonRpcClient client, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _world.Subscribe(client.Request("m")))];
}
