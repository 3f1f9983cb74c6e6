using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Testing;

/// <summary>The example of docs/testing.md.</summary>
public class FailoverExampleTests
{
    [Fact]
    public async Task Request_FirstServerSilent_SecondAnswers()
    {
        var clock = new VirtualClock();
        var network = new InMemoryNetwork(clock);
        ScriptedServer a = new ScriptedServer(network, new InMemoryEndPoint("a"), clock).On("get_user", answer => answer.Never());
        ScriptedServer b = new ScriptedServer(network, new InMemoryEndPoint("b"), clock).On("get_user", answer => answer.Result("7"));
        JsonRpcClientOptions options = network.ClientOptions(a.WithPriority(2), b.WithPriority(1));
        await using var client = new JsonRpcClient(options, clock);
        RawJson user = default;
        client.Request("get_user", policy: new RequestPolicy { Replay = Replay.Always }).Subscribe(result => user = result);
        clock.AdvanceBy(TimeSpan.FromMilliseconds(500));
        Assert.Equal(("7", 1, 1), (user.ToString(), a.Received.Count, b.Received.Count));
    }
}
