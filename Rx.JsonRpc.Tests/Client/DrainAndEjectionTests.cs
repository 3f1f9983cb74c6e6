using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class DrainAndEjectionTests : TopologyScene
{
    [Fact]
    public void DrainAsync_RequestMovesOn_PassesOverAnEjectedServer()
    {
        JsonRpcClient client = Client("a b c", "a,3 b,2 c,1", options => options with { Breaker = new BreakerOptions { ConsecutiveFailures = 1 } });
        World["a"].OnCall = _ => { };
        World["b"].OnCall = _ => { };
        World.Subscribe(client.Request("m"));
        World.AdvanceTo(500);
        Push(client, "b,3 a,2 c,1");
        Answers<RawJson> answer = World.Subscribe(client.Request("m", policy: new RequestPolicy { Replay = Replay.Always }));
        _ = client.DrainAsync(TimeSpan.FromSeconds(10)).AsTask();

        World.AdvanceTo(1000);

        Assert.Equal("\"c\"", answer.Value.ToString());
        Assert.Single(World["a"].Calls);
    }
}
