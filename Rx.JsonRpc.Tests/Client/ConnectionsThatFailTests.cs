using System.Reactive.Concurrency;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>A connection is a success by what came on it: one that ends without a reply is opened anew as rarely as one that is refused.</summary>
public class ConnectionsThatFailTests
{
    private readonly ClientInVirtualTime _world = new();

    /// <summary>Attempts at 100 ms, then twice as late each time: 9 in the first minute, as when nobody listens.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    [InlineData(5000)]
    public void Reconnect_ServerTakesRequestsAndClosesWithoutAReply_BacksOff(int heldMs)
    {
        JsonRpcClient client = Client();
        Assert.Equal("\"a\"", _world.Subscribe(client.Request("m")).Value.ToString());
        _world["a"].OnCall = call => Later(heldMs, () => call.Connection.Dispose());
        _world["a"].Connection!.Dispose();

        Assert.InRange(AttemptsIn(60, client), 6, 9);
    }

    /// <summary>Calls that come seldom must not make each connection last long enough.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    [InlineData(900)]
    public void Reconnect_ServerAcceptsAndClosesAnIdleConnectionSoon_BacksOff(int heldMs)
    {
        JsonRpcClient client = Client();
        Assert.Equal("\"a\"", _world.Subscribe(client.Request("m")).Value.ToString());
        client.Changes.Subscribe(change =>
        {
            if (change.To == ServerState.Connected) Later(heldMs, () => _world["a"].Connection!.Dispose());
        });
        _world["a"].Connection!.Dispose();

        Assert.InRange(AttemptsIn(60), 6, 9);
    }

    /// <summary>A greeting, a refusal of the whole connection, a reply to something that was never asked: none answers a request.</summary>
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"hello"}""")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-32000,"message":"too many connections"},"id":null}""")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-32000,"message":"too many connections"},"id":12345678}""")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":12345678}""")]
    public void Reconnect_ServerSpeaksAndClosesAtOnce_BacksOff(string said)
    {
        JsonRpcClient client = Client();
        client.Changes.Subscribe(change =>
        {
            if (change.To == ServerState.Connected) Later(1, Greet);
        });
        _world["a"].Connection!.Dispose();

        Assert.InRange(AttemptsIn(60), 8, 9);

        void Greet()
        {
            _world["a"].Connection!.TrySend(System.Text.Encoding.UTF8.GetBytes(said));
            _world["a"].Connection!.Dispose();
        }
    }

    /// <summary>A server that ends idle connections is no server in trouble: the next request finds it connected.</summary>
    [Fact]
    public void Reconnect_ServerEndsIdleConnectionsThatHeld_ConnectsAtOnce()
    {
        JsonRpcClient client = Client();
        for (int i = 0; i < 10; i++)
        {
            _world.AdvanceTo(_world.Now + 1000);
            _world["a"].Connection!.Dispose();
            _world.AdvanceTo(_world.Now + 100);
            Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
        }
    }

    [Fact]
    public void Reconnect_ServerAnswersAndCloses_ConnectsAtOnce()
    {
        JsonRpcClient client = Client();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("\"a\"", _world.Subscribe(client.Request("m")).Value.ToString());
            _world["a"].Connection!.Dispose();
            _world.AdvanceTo(_world.Now + 100);
        }
    }

    /// <summary>A client that only sends notifications never hears a reply; what held for the longest wait is a success all the same.</summary>
    [Fact]
    public void Reconnect_ConnectionHeldForTheLongestWait_ConnectsAtOnce()
    {
        JsonRpcClient client = Client();
        _world["a"].OnCall = _ => { };
        for (int i = 0; i < 10; i++)
        {
            _world.Subscribe(client.Request("m"));
            _world.AdvanceTo(_world.Now + 30_000);
            _world["a"].Connection!.Dispose();
            _world.AdvanceTo(_world.Now + 100);
            Assert.Equal(1, client.Snapshot().Servers[0].Connections);
        }
    }

    private JsonRpcClient Client() =>
        _world.Client("a", options => options with { Reconnect = new Backoff { Max = TimeSpan.FromSeconds(30), Jitter = false } });

    private void Later(int milliseconds, Action action) => _world.Clock.Schedule(TimeSpan.FromMilliseconds(milliseconds), action);

    /// <summary>How often it connects in so many seconds; with a client, while that one is asked each 10 ms.</summary>
    private int AttemptsIn(int seconds, JsonRpcClient? asked = null)
    {
        int before = _world.Changes.Count(change => change.To == ServerState.Connecting);
        for (long until = _world.Now + 1000L * seconds; _world.Now < until;)
        {
            if (asked is not null) _world.Subscribe(asked.Request("m"));
            _world.AdvanceTo(_world.Now + 10);
        }
        return _world.Changes.Count(change => change.To == ServerState.Connecting) - before;
    }
}
