using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>Asked after 5 s of silence, given up after 2 s more.</summary>
public class HeartbeatTests
{
    private static readonly HeartbeatOptions Beat = new() { Interval = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(2) };
    private static readonly RequestPolicy Patient = new() { TryTimeout = TimeSpan.FromMinutes(10), TotalTimeout = TimeSpan.FromMinutes(10) };

    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void BlackHole_ThoughNoFinComes_IsFoundWithinIntervalAndTimeout()
    {
        JsonRpcClient client = Client("a,2 b,1");
        _world.AdvanceTo(1000);
        _world.Subscribe(client.Request("heard"));
        _world.AdvanceTo(1500);
        _world.Network.At("a").BlackHole();
        Answers<RawJson> open = _world.Subscribe(client.Request("open", policy: Patient));
        Answers<Reply<RawJson>> moving = _world.Subscribe(client.Call(Raw.Method("moving", idempotent: true), default, Patient));
        _world.AdvanceTo(7999);
        Assert.True(open.Silent);

        _world.AdvanceTo(8050);

        ConnectionLostException lost = open.Failure<ConnectionLostException>();
        Assert.Equal((8000, Written.MaybeExecuted), (open.Error!.Value.At, lost.Written));
        Assert.Contains("the heartbeat gave up the connection to memory:a", lost.Message);
        Assert.Contains("nothing was heard for 7 s", lost.Message);
        Assert.Equal([AttemptEnd.ConnectionLost, AttemptEnd.Result], moving.Value.Attempts.Select(attempt => attempt.End));
        Assert.Equal(8000, Assert.Single(moving.Values).At);
        ServerChange change = _world.Changes.Single(change => change.To == ServerState.Waiting);
        Assert.Equal(8000, change.At.Ticks / TimeSpan.TicksPerMillisecond);
        Assert.Contains("heartbeat", change.Reason);
    }

    [Fact]
    public void BlackHole_Healed_IsConnectedAgain()
    {
        JsonRpcClient client = Client("a");
        _world.Network.At("a").BlackHole();
        _world.AdvanceTo(7000);
        _world.Network.At("a").Heal();
        _world.AdvanceTo(7100);

        Assert.Equal("\"a\"", _world.Subscribe(client.Request("m")).Value.ToString());
        Assert.Equal([0, 7100], _world["a"].Accepted.Select(at => at / TimeSpan.TicksPerMillisecond));
    }

    [Fact]
    public void BlackHole_RequestThatHadNotLeft_MovesOnThoughItMayNotBeReplayed()
    {
        JsonRpcClient client = Client("a,2 b,1");
        _world.Network.At("a").BlackHole();
        Answers<RawJson> filling = _world.Subscribe(client.Request("m", RawJson.Parse($"[\"{new string('x', 70_000)}\"]"), Patient));
        Answers<Reply<RawJson>> behind = _world.Subscribe(client.Call(Raw.Method("behind"), default, Patient));

        _world.AdvanceTo(7000);

        filling.Failure<ConnectionLostException>();
        Assert.Equal(
            [(AttemptEnd.ConnectionLost, Written.NotWritten), (AttemptEnd.Result, Written.MaybeExecuted)],
            behind.Value.Attempts.Select(attempt => (attempt.End, attempt.Written)));
    }

    [Fact]
    public void BlackHole_ManyCallsLost_AreOneFailureToTheBreaker()
    {
        JsonRpcClient client = Client("a");
        _world.Network.At("a").BlackHole();
        for (int i = 0; i < 20; i++) _world.Subscribe(client.Request("m", policy: Patient));

        _world.AdvanceTo(7500);

        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Quiet_AnswersTheProbe_Stays()
    {
        JsonRpcClient client = Client("a");
        Answers<ServerDiagnostic> diagnostics = _world.Subscribe(client.Diagnostics);

        _world.AdvanceTo(21_000);

        Assert.Equal([5000, 10_000, 15_000, 20_000], Probes());
        Assert.All(_world["a"].Calls, call => Assert.Equal(("rpc.ping", ""), (call.Method, call.Parameters)));
        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
        Assert.True(diagnostics.Silent);
    }

    [Fact]
    public void Quiet_DoesNotKnowTheMethod_IsAlive()
    {
        JsonRpcClient client = Client("a", method: "no_such_method");
        Answers<ServerDiagnostic> diagnostics = _world.Subscribe(client.Diagnostics);
        _world["a"].OnCall = call => call.Error(-32601, "Method not found");

        _world.AdvanceTo(60_000);

        Assert.Equal("no_such_method", _world["a"].Calls[0].Method);
        Assert.Single(_world["a"].Accepted);
        Assert.True(diagnostics.Silent);
    }

    [Fact]
    public void Busy_IsNeverProbed()
    {
        Client("a");
        for (int second = 4; second <= 60; second += 4)
        {
            _world.AdvanceTo(second * 1000);
            Push();
        }

        Assert.Empty(_world["a"].Calls);
    }

    [Fact]
    public void Probe_NoReplyButSomethingElse_IsAlive()
    {
        JsonRpcClient client = Client("a");
        Answers<ServerDiagnostic> diagnostics = _world.Subscribe(client.Diagnostics);
        _world["a"].OnCall = _ => { };
        _world.AdvanceTo(6000);
        Push();
        _world.AdvanceTo(10_999);
        Assert.Equal([5000], Probes());
        _world.AdvanceTo(12_000);
        Assert.Equal([5000, 11_000], Probes());

        // An answer that comes when nobody waits for it any more is no riddle to tell the host of.
        _world["a"].Calls[0].Result("true");
        _world["a"].Calls[1].Result("true");
        _world.AdvanceTo(16_000);

        Assert.Single(_world["a"].Accepted);
        Assert.True(diagnostics.Silent);
        Assert.Equal(0, client.Groups[0].Servers[0].DroppedFor(DropReason.LateReply) + client.Groups[0].Servers[0].DroppedFor(DropReason.UnknownId));
    }

    [Fact]
    public void UnknownReply_WhileHeartbeatsAreOn_IsToldAllTheSame()
    {
        JsonRpcClient client = Client("a");

        _world["a"].Connection!.TrySend("""{"jsonrpc":"2.0","result":1,"id":99}"""u8);

        Assert.Equal(1, client.Groups[0].Servers[0].DroppedFor(DropReason.UnknownId));
    }

    [Fact]
    public void LongReply_ComesByteByByte_IsHeardBeforeItIsComplete()
    {
        var network = new InMemoryNetwork(_world.Clock);
        ScriptedServer a = new ScriptedServer(network, new InMemoryEndPoint("a"), _world.Clock)
            .On("m", answer => answer.Result("\"0123456789\"").After(TimeSpan.FromSeconds(1)));
        var client = new JsonRpcClient(network.ClientOptions(a.WithPriority(1)) with { Heartbeat = Beat, FrameTimeout = TimeSpan.FromSeconds(100) }, _world.Clock);
        client.Start();
        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Patient));
        network.At("a").Drip(1, TimeSpan.FromSeconds(1));

        _world.AdvanceTo(120_000);

        Assert.Equal("\"0123456789\"", answers.Value.ToString());
        Assert.InRange(Assert.Single(answers.Values).At, 30_000, 90_000);
    }

    [Fact]
    public void Full_IsProbedAllTheSameAndTheProbeIsNotCounted()
    {
        JsonRpcClient client = Client("a", change: options => options with { MaxInFlightPerServer = 1 });
        _world["a"].OnCall = call =>
        {
            if (call.Method == "rpc.ping" && call.At < TimeSpan.FromSeconds(9).Ticks) call.Result("true");
        };
        Answers<RawJson> open = _world.Subscribe(client.Request("m", policy: Patient));

        _world.AdvanceTo(11_000);
        Assert.Equal([5000, 10_000], Probes());
        Assert.Equal(1, client.Groups[0].Servers[0].InFlight);
        Assert.True(open.Silent);
        _world.AdvanceTo(12_000);

        open.Failure<ConnectionLostException>();
    }

    [Fact]
    public void TwoConnections_OneIsDead_OnlyThatOneIsGivenUp()
    {
        JsonRpcClient client = Client("a", change: options => options with { ConnectionsPerServer = 2 });
        var first = new List<FakeCall>();
        _world["a"].OnCall = call =>
        {
            if (call.Connection == _world["a"].Connection) call.Result("true");
            else first.Add(call);
        };

        _world.AdvanceTo(6999);
        Assert.Equal([5000, 5000], Probes());
        _world.AdvanceTo(7050);

        Assert.False(Assert.Single(first).Connection.TrySend("1"u8));
        Assert.True(_world["a"].Connection!.TrySend("1"u8));
        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
        _world.AdvanceTo(7100);
        Assert.Equal(3, _world["a"].Accepted.Count);
    }

    [Theory]
    [InlineData(4000)]
    [InlineData(6000)]
    public async Task Dispose_BeforeOrDuringAProbe_NothingComesAfterwards(double at)
    {
        JsonRpcClient client = Client("a");
        _world["a"].OnCall = _ => { };
        _world.AdvanceTo(at);
        int probes = _world["a"].Calls.Count;
        await client.DisposeAsync();
        int changes = _world.Changes.Count;
        // A probe would find the connection closed; but the clock moves to each that is still to come.
        _world.Clock.Start();
        Assert.Equal((long)at, _world.Now);

        _world.AdvanceTo(3_600_000);

        Assert.Equal(probes, _world["a"].Calls.Count);
        Assert.Single(_world["a"].Accepted);
        Assert.Equal(changes, _world.Changes.Count);
        Assert.Equal(ServerState.Retired, _world.Changes[^1].To);
    }

    [Fact]
    public void ConnectionLost_ProbeOut_TheNextConnectionHasItsOwnTime()
    {
        Client("a");
        _world["a"].OnCall = _ => { };
        _world.AdvanceTo(6000);
        _world["a"].Connection!.Dispose();
        _world["a"].OnCall = call => call.Result("true");

        _world.AdvanceTo(12_000);

        Assert.Equal([5000, 11_100], Probes());
        Assert.Equal(2, _world["a"].Accepted.Count);
    }

    [Fact]
    public void ConnectionLost_ForGood_NoTimerIsLeft()
    {
        Client("a", change: options => options with { MaxConnectionAttempts = 0 });
        _world.AdvanceTo(1000);
        _world["a"].Kill();

        _world.Clock.Start();

        Assert.Equal(1000, _world.Now);
    }

    [Fact]
    public void Off_IsTheDefault()
    {
        _world.Client("a");
        _world.AdvanceTo(3_600_000);
        Assert.Empty(_world["a"].Calls);
    }

    private JsonRpcClient Client(
        string servers, string method = "rpc.ping", Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null) =>
        _world.Client(servers, options => (change ?? (same => same))(options) with { Heartbeat = Beat with { Method = method } });

    private IEnumerable<long> Probes() =>
        _world["a"].Calls.Where(call => call.Method == "rpc.ping").Select(call => call.At / TimeSpan.TicksPerMillisecond);

    private void Push() => _world["a"].Connection!.TrySend("""{"jsonrpc":"2.0","method":"tick"}"""u8);
}
