using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tests.Kamailio;

/// <summary>1,000 idempotent calls a second on two servers, while one of them is out of order.</summary>
public class GatewayPoolTests
{
    private const int MaxInFlight = 10_000;

    private readonly GatewayInVirtualTime _world = new();

    [Fact]
    public void Budget_OfTheGateway_LosesNoCallWhenOneOfTwoServersIsSilent()
    {
        Run(GatewayPool.RetryBudget(MaxInFlight), () => _world.Time["a"].OnCall = _ => { }, () => _world.Time["a"].OnCall = call => call.Result("\"a\""));

        Assert.Equal((8_000L, 8_000L), (_world.Gateway.Counters.Requests, _world.Gateway.Counters.Results));
        Assert.Equal(1, _world.Time.Changes.Count(change => change.To == ServerState.Ejected));
        _world.AssertBalanced();
    }

    [Fact]
    public void Budget_OfTheLibrary_IsTooSmallForThat()
    {
        Run(RetryBudget.Default, () => _world.Time["a"].OnCall = _ => { }, () => _world.Time["a"].OnCall = call => call.Result("\"a\""));

        Assert.InRange(_world.Gateway.Counters.Timeouts, 1, 255);
    }

    [Fact]
    public void Budget_OfTheGateway_LosesNoCallWhenOneOfTwoServersIsKilled()
    {
        Run(
            GatewayPool.RetryBudget(MaxInFlight),
            // A hundred calls are in flight when it dies.
            () => _world.Time["a"].OnCall = _ => { },
            () => _world.Time["a"].OnCall = call => call.Result("\"a\""),
            whileBroken: ms =>
            {
                if (ms == 1_200) _world.Time["a"].Kill();
                if (ms == 4_000) _world.Time["a"].Start();
            });

        Assert.Equal((8_000L, 8_000L), (_world.Gateway.Counters.Requests, _world.Gateway.Counters.Results));
        _world.AssertBalanced();
    }

    [Fact]
    public void Budget_WithNothingInFlight_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => GatewayPool.RetryBudget(0));

    private static Func<JsonRpcClientOptions, JsonRpcClientOptions> Options(RetryBudget budget) => options => options with { RetryBudget = budget };

    private void Run(RetryBudget budget, Action breaks, Action heals, Action<uint>? whileBroken = null)
    {
        JsonRpcClient client = _world.Time.Client("a b", Options(budget));
        _world.Make(options => options with { Pools = new Dictionary<string, JsonRpcClient> { ["main"] = client } }).Serve();
        for (uint ms = 0; ms < 8_000; ms++)
        {
            _world.Time.AdvanceTo(ms);
            if (ms == 1_000) breaks();
            if (ms == 5_000) heals();
            whileBroken?.Invoke(ms);
            _world.Kamailio.Request(ms, more: ""","idempotent":true""");
        }
        _world.Time.AdvanceTo(20_000);
    }
}
