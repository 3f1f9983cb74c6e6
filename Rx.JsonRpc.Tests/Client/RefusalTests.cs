using System.Reactive;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>A server that says that it did not run a call, with or without saying that it leaves: error -32090 with its data.</summary>
public class RefusalTests
{
    private static readonly RequestPolicy Patient = new() { TryTimeout = TimeSpan.FromMinutes(1), TotalTimeout = TimeSpan.FromMinutes(1) };

    private readonly ClientInVirtualTime _world = new();

    [Theory]
    [InlineData(Replay.IfNotWritten, false, true)]
    [InlineData(Replay.IfNotWritten, true, true)]
    [InlineData(Replay.Always, false, true)]
    [InlineData(Replay.Never, true, false)]
    public void Refused_Call_MovesAsOneThatWasNotWritten(Replay replay, bool leaving, bool moves)
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        _world["a"].OnCall = call => call.Refuse(leaving);

        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m", policy: new RequestPolicy { Replay = replay }));

        IReadOnlyList<Attempt> attempts = moves ? answers.Value.Attempts : answers.Failure<ServerUnavailableException>().Attempts;
        Assert.Equal(moves ? "\"b\"" : null, moves ? answers.Value.Result.ToString() : null);
        Assert.Equal(moves ? 2 : 1, attempts.Count);
        Attempt refused = attempts[0];
        Assert.Equal(
            (AttemptEnd.Refused, Written.NotWritten, true, JsonRpcError.NotExecuted),
            (refused.End, refused.Written, refused.Connected, refused.ErrorCode!.Value));
        Assert.Contains("not executed", refused.ToString());
    }

    [Theory]
    [InlineData(-32090, "")]
    [InlineData(-32090, ""","data":null""")]
    [InlineData(-32090, ""","data":false""")]
    [InlineData(-32090, ""","data":{"executed":true}""")]
    [InlineData(-32090, ""","data":{"executed":null}""")]
    [InlineData(-32090, ""","data":{"executed":"false"}""")]
    [InlineData(-32090, ""","data":{"inner":{"executed":false}}""")]
    [InlineData(-32090, ""","data":[{"executed":false}]""")]
    [InlineData(-32000, ""","data":{"executed":false}""")]
    [InlineData(-32091, ""","data":{"executed":false,"leaving":true}""")]
    public void Error_CodeAndDataAreNotBothThere_IsAnOrdinaryErrorAndTheServerStays(int code, string data)
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        _world["a"].OnCall = call => call.Send($$$"""{"jsonrpc":"2.0","error":{"code":{{{code}}},"message":"no"{{{data}}}},"id":{{{call.Id}}}}""");

        for (int i = 0; i < 2; i++) Assert.Equal(code, _world.Subscribe(client.Call("m")).Value.Error!.Code);

        Assert.Equal(2, _world["a"].Calls.Count);
        Assert.Empty(_world["b"].Calls);
    }

    [Theory]
    [InlineData("""{"executed":false}""", false)]
    [InlineData(""" { "leaving" : true , "more" : [{"executed":true}], "executed" : false } """, true)]
    [InlineData("""{"\u0065xecuted":false,"leaving":1}""", false)]
    public void Error_ItsData_IsReadAsJson(string data, bool leaving)
    {
        var error = new JsonRpcError(JsonRpcError.NotExecuted, "", RawJson.Parse(data));

        Assert.Equal((true, leaving), (error.IsRefusal, error.IsLeaving));
    }

    [Fact]
    public void Refused_EvenIfRetryOnNamesTheCode_IsNotAnAnswer()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = call => call.Refuse();

        NoServerException failure = _world.Subscribe(client.Call("m", policy: new RequestPolicy { RetryOn = ErrorCodes.Parse("-32099..-32000") }))
            .Failure<NoServerException>();

        Assert.Equal(Written.NotWritten, failure.Written);
        Assert.Contains("-32090", failure.Message);
    }

    [Fact]
    public void Refused_ByAll_FailsWithEveryAttempt()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        _world["a"].OnCall = _world["b"].OnCall = call => call.Refuse();

        NoServerException failure = _world.Subscribe(client.Request("m")).Failure<NoServerException>();

        Assert.Equal([AttemptEnd.Refused, AttemptEnd.Refused], failure.Attempts.Select(attempt => attempt.End));
        Assert.Equal(Written.NotWritten, failure.Written);
    }

    [Fact]
    public void Refused_AgainAndAgain_CostsNoBudgetAndNeverEjects()
    {
        RetryBudget none = new() { Ratio = 0, PerSecond = 0, Burst = 1 };
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { RetryBudget = none });
        _world["a"].OnCall = call => call.Refuse();

        for (int i = 0; i < 100; i++) Assert.Equal("\"b\"", _world.Subscribe(client.Request("m")).Value.ToString());

        Assert.Equal(100, _world["a"].Calls.Count);
        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Refused_BetweenTimeouts_IsASignOfLife()
    {
        JsonRpcClient client = _world.Client("a", options => options with { Breaker = new BreakerOptions { ConsecutiveFailures = 2 } });
        _world["a"].OnCall = call =>
        {
            if (_world["a"].Calls.Count % 2 == 0) call.Refuse();
        };

        for (int i = 1; i <= 6; i++)
        {
            _world.Subscribe(client.Request("m"));
            _world.AdvanceTo(i * 1000);
        }

        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Refused_ByAServerThatStays_DoesNotWaitForAServer()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = call => call.Refuse();

        _world.Subscribe(client.Request("m", policy: Patient with { WhenDisconnected = WhenDisconnected.Wait })).Failure<NoServerException>();

        Assert.Single(_world["a"].Calls);
    }

    [Fact]
    public void Leaving_TheOnlyServer_IsWaitedFor()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = call => call.Refuse(leaving: true);
        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Patient with { WhenDisconnected = WhenDisconnected.Wait }));
        _world["a"].OnCall = call => call.Result("1");
        Assert.True(answers.Silent);

        _world.AdvanceTo(100);

        Assert.Equal("1", answers.Value.ToString());
        Assert.Equal(2, _world["a"].Calls.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Leaving_AnotherCameBackSinceTheRoundBegan_IsAskedAfterAll(bool hedged)
    {
        JsonRpcClient client = _world.Client("a!,2 b,1");
        _world["b"].OnCall = _ => { };
        var policy = new RequestPolicy { Hedge = hedged ? Hedge.After(TimeSpan.FromSeconds(1)) : null, Replay = hedged ? Replay.Always : Replay.IfNotWritten };
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m", policy: policy));
        _world["a"].Start();
        _world.AdvanceTo(200);

        _world["b"].Calls[0].Refuse(leaving: true);

        Assert.Equal("\"a\"", answers.Value.Result.ToString());
        Assert.Equal([AttemptEnd.Unavailable, AttemptEnd.Refused, AttemptEnd.Result], answers.Value.Attempts.Select(attempt => attempt.End));
    }

    [Fact]
    public void Leaving_OthersInFlight_EndThereWhileNewOnesGoElsewhere()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        FakeServer a = _world["a"];
        a.OnCall = _ => { };
        Answers<RawJson> open = _world.Subscribe(client.Request("open", policy: Patient));
        a.OnCall = call => call.Refuse(leaving: true);
        Assert.Equal("\"b\"", _world.Subscribe(client.Request("m")).Value.ToString());

        for (int i = 0; i < 3; i++) Assert.Equal("\"b\"", _world.Subscribe(client.Request("m")).Value.ToString());
        Answers<Unit> told = _world.Subscribe(client.Notify("n"));
        Assert.Equal(["open", "m"], a.Calls.Select(call => call.Method));
        Assert.NotNull(told.CompletedAt);
        Assert.Equal("n", _world["b"].Calls[^1].Method);
        Server server = client.Groups[0].Servers[0];
        Assert.Equal((ServerState.Draining, 1), (server.State, server.InFlight));
        Assert.Equal(1, client.Snapshot().Servers[0].Connections);
        Assert.True(open.Silent);

        a.Calls[0].Result("7");

        Assert.Equal("7", open.Value.ToString());
        Assert.Equal(ServerState.Waiting, server.State);
        a.OnCall = call => call.Result("8");
        _world.AdvanceTo(100);
        Assert.Equal("8", _world.Subscribe(client.Request("m")).Value.ToString());
        Assert.Equal(
            [ServerState.Draining, ServerState.Waiting, ServerState.Connecting, ServerState.Connected],
            _world.Changes.Where(change => change.Server.Priority == 2).Select(change => change.To));
        Assert.Contains("leaves", _world.Changes.Single(change => change.To == ServerState.Draining).Reason);
    }

    [Fact]
    public void Leaving_ThePeerDoesNotClose_TheClientDoes()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        _world["a"].KeepsOpen = true;
        _world["a"].OnCall = call => call.Refuse(leaving: true);
        _world.Subscribe(client.Request("m"));

        _world.AdvanceTo(499);
        Assert.Equal(ServerState.Draining, client.Groups[0].Servers[0].State);
        _world.AdvanceTo(500);

        Assert.Equal(ServerState.Waiting, client.Groups[0].Servers[0].State);
        _world.AdvanceTo(600);
        Assert.Equal(2, _world["a"].Accepted.Count);
    }

    [Fact]
    public void Leaving_ToldToAProbe_IsHeardByAnIdleClient()
    {
        var beat = new HeartbeatOptions { Interval = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(2) };
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { Heartbeat = beat });
        _world["a"].OnCall = call => call.Refuse(leaving: true);

        _world.AdvanceTo(5000);

        Assert.Equal(ServerState.Waiting, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Leaving_ToldTooLate_IsBelievedAllTheSame()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        _world["a"].OnCall = _ => { };
        _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(500);

        _world["a"].Calls[0].Refuse(leaving: true);

        Assert.Equal("\"b\"", _world.Subscribe(client.Request("m")).Value.ToString());
        Assert.Equal(1, client.Groups[0].Servers[0].DroppedFor(DropReason.LateReply));
    }

    [Fact]
    public void Leaving_OneOfTwoConnections_TheOtherIsUsed()
    {
        JsonRpcClient client = _world.Client("a", options => options with { ConnectionsPerServer = 2 });
        _world["a"].OnCall = _ => { };
        _world.Subscribe(client.Request("open", policy: Patient));
        _world["a"].OnCall = call => call.Result("1");
        _world["a"].Calls[0].Refuse(leaving: true);

        for (int i = 0; i < 4; i++) Assert.Equal("1", _world.Subscribe(client.Request("m")).Value.ToString());

        Assert.DoesNotContain(_world["a"].Calls.Skip(1), call => call.Connection == _world["a"].Calls[0].Connection);
        Assert.DoesNotContain(_world.Changes, change => change.To == ServerState.Draining);
    }

    [Fact]
    public void Leaving_EachTimeItIsConnected_BacksOff()
    {
        JsonRpcClient client = _world.Client(
            "a,2 b,1", options => options with { Reconnect = new Backoff { First = TimeSpan.FromMilliseconds(100), Jitter = false } });
        _world["a"].OnCall = call => call.Refuse(leaving: true);

        for (int at = 0; at <= 700; at += 10)
        {
            _world.AdvanceTo(at);
            _world.Subscribe(client.Request("m"));
        }

        Assert.Equal([0, 100, 300, 700], _world["a"].Accepted.Select(at => at / TimeSpan.TicksPerMillisecond));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Leaving_AndDisabledOrRemoved_EndsForGood(bool disabledFirst)
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        ServerAddress address = client.Groups[0].Servers[0].Address;
        _world["a"].OnCall = _ => { };
        Answers<RawJson> open = _world.Subscribe(client.Request("open", policy: Patient));
        if (disabledFirst) client.Disable(address);
        _world["a"].Calls[0].Connection.TrySend(LeavingToNobody());
        if (!disabledFirst) client.Disable(address);
        Assert.True(open.Silent);

        _world["a"].Calls[0].Result("1");
        _world.AdvanceTo(10_000);

        Assert.Equal("1", open.Value.ToString());
        Assert.Single(_world["a"].Accepted);
        Assert.Equal(ServerState.Disabled, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public async Task Leaving_WhileTheClientIsDisposed_EndsWhatIsInFlight()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        Answers<RawJson> open = _world.Subscribe(client.Request("open", policy: Patient));
        _world["a"].Calls[0].Connection.TrySend(LeavingToNobody());

        await client.DisposeAsync();

        open.Failure<ObjectDisposedException>();
        _world.AdvanceTo(10_000);
        Assert.Single(_world["a"].Accepted);
    }

    [Fact]
    public void Leaving_ConnectionLostBeforeTheAnswer_IsALostConnection()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        _world["a"].OnCall = _ => { };
        Answers<RawJson> open = _world.Subscribe(client.Request("open", policy: Patient));
        _world["a"].Calls[0].Connection.TrySend(LeavingToNobody());

        _world["a"].Kill();

        Assert.Equal(Written.MaybeExecuted, open.Failure<ConnectionLostException>().Written);
    }

    private static byte[] LeavingToNobody() => System.Text.Encoding.UTF8.GetBytes(
        $$$"""{"jsonrpc":"2.0","error":{{{JsonRpcError.Refusal("no", leaving: true).ToJson()}}},"id":1}""");
}
