using System.Text;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>Failures in a row are silence: nothing came from the server while a call waited. Calls that get no reply fail after 500 ms.</summary>
public class SignsOfLifeTests
{
    private static readonly BreakerOptions Usual = new();

    private readonly ClientInVirtualTime _world = new();

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"push"}""")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-32000,"message":"busy"},"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID}""")]
    [InlineData("rubbish")]
    public void Timeouts_SomethingComesMeanwhile_AreNoSilence(string sign)
    {
        JsonRpcClient client = Client();
        Requests(client, 10);
        _world.AdvanceTo(100);
        string frame = sign.Replace("ID", $"{_world["a"].Calls[^1].Id}");
        _world["a"].Connection!.TrySend(Encoding.UTF8.GetBytes(frame));
        _world.AdvanceTo(500);
        Assert.Equal(ServerState.Connected, State(client));

        Requests(client, 5);
        _world.AdvanceTo(1_000);

        Assert.Equal(ServerState.Ejected, State(client));
    }

    [Fact]
    public void Timeouts_LateReplyBetweenThem_BeginsTheRowAnew()
    {
        JsonRpcClient client = Client();
        for (int i = 1; i <= 8; i++)
        {
            Requests(client, 1);
            _world.AdvanceTo((i * 1_000) - 200);
            _world["a"].Calls[^1].Result("1");
            _world.AdvanceTo(i * 1_000);
        }

        Assert.Equal(8, client.Groups[0].Servers[0].DroppedFor(DropReason.LateReply));
        Assert.Equal(ServerState.Connected, State(client));
    }

    [Fact]
    public void Timeouts_EveryReplyIsLate_EjectByRate()
    {
        JsonRpcClient client = _world.Client("a b", options => options with { Breaker = Usual with { MinimumCalls = 10 } });
        _world["a"].OnCall = _ => { };
        for (int i = 1; i <= 20 && State(client) == ServerState.Connected; i++)
        {
            Requests(client, 2);
            _world.AdvanceTo((i * 600) - 50);
            _world["a"].Calls[^1].Result("1");
            _world.AdvanceTo(i * 600);
        }

        Assert.Equal(ServerState.Ejected, State(client));
    }

    private JsonRpcClient Client()
    {
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { Breaker = Usual });
        _world["a"].OnCall = _ => { };
        return client;
    }

    private static ServerState State(JsonRpcClient client) => client.Groups[0].Servers[0].State;

    private void Requests(JsonRpcClient client, int count)
    {
        for (int i = 0; i < count; i++) _world.Subscribe(client.Request("m"));
    }
}
