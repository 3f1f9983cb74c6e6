using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tests.Kamailio;

public class ServingTests
{
    private readonly GatewayInVirtualTime _world = new();

    private FakeKamailio Kamailio => _world.Kamailio;

    [Fact]
    public void Request_Answered_ResumesAtTheReturnRouteWithTheResultAsText()
    {
        _world.Serve();
        _world.Time["a"].OnCall = call => call.Result("""{"name":"A\"da","n":[1,null]}""");
        Kamailio.Request();
        Assert.Equal("1:10 OK result {\"name\":\"A\\\"da\",\"n\":[1,null]}", Kamailio.Answer.ToString());
        Assert.Equal(1, Kamailio.Answer.Json.GetProperty("v").GetInt32());
        Assert.Equal(["get_user {\"id\":1234}"], _world.Time["a"].Calls.Select(call => $"{call.Method} {call.Parameters}"));
        _world.AssertBalanced();
    }

    [Theory]
    [InlineData("""{"id":1234}""", """{"id":1234}""")]
    [InlineData("""[1,2]""", """[1,2]""")]
    [InlineData("null", "")]
    [InlineData("\"\"", "")]
    [InlineData("""  "{'id': 1234}" """, """{"id": 1234}""")]
    [InlineData("""  "{\"id\": \"\\u00e9\"}" """, """{"id": "\u00e9"}""")]
    [InlineData("""  "[7]" """, "[7]")]
    public void Params_InEveryForm_ReachTheServer(string written, string sent)
    {
        _world.Serve();
        Kamailio.Request(parameters: written);
        Assert.Equal(sent, Assert.Single(_world.Time["a"].Calls).Parameters);
    }

    [Fact]
    public void Error_OfTheServer_ResumesAtTheErrorRouteWithItsMessageAndTheWholeErrorAsText()
    {
        _world.Serve();
        _world.Time["a"].OnCall = call => call.Send($$$"""{"jsonrpc":"2.0","error":{"code":-7,"message":"no\u0000\nuser","data":[1]},"id":{{{call.Id}}}}""");
        Kamailio.Request();
        Assert.Equal("1:10 ERR error no\uFFFD\nuser", Kamailio.Answer.ToString());
        Assert.Equal("""{"code":-7,"message":"no\u0000\nuser","data":[1]}""", Kamailio.Answer.Error);
        Assert.Equal(1, _world.Gateway.Counters.Errors);
    }

    [Fact]
    public void Timeout_OfTheEvent_CutsTheRequestAndSaysTimeout()
    {
        _world.Serve();
        _world.Time["a"].OnCall = _ => { };
        Kamailio.Request(more: ""","timeout":120""");
        _world.Time.AdvanceTo(119);
        Assert.Empty(Kamailio.Answers);
        _world.Time.AdvanceTo(1000);
        Assert.Equal("1:10 ERR timeout timeout", Kamailio.Answer.ToString());
        Assert.Equal(120, Kamailio.Answer.At);
        _world.AssertBalanced();
    }

    [Fact]
    public void Deadline_BeforeTheTimeout_Counts()
    {
        _world.Time.Clock.AdvanceTo(DateTimeOffset.UnixEpoch.Ticks);
        _world.Serve();
        _world.Time["a"].OnCall = _ => { };
        Kamailio.Request(more: ""","timeout":"300","deadline":200""");
        _world.Time.Clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Equal(DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerMillisecond + 200, Kamailio.Answer.At);
    }

    [Fact]
    public void Deadline_ThatHasPassed_IsATimeoutAndNothingIsSent()
    {
        _world.Time.Clock.AdvanceTo(DateTimeOffset.UnixEpoch.AddSeconds(5).Ticks);
        _world.Serve();
        Kamailio.Request(more: ""","deadline":5000""");
        Assert.Equal("1:10 ERR timeout timeout", Kamailio.Answer.ToString());
        Assert.Empty(_world.Time["a"].Calls);
    }

    [Fact]
    public void Deadline_InTheFarFuture_IsNoFault()
    {
        _world.Serve();
        Kamailio.Request(more: ""","deadline":253402300799999""");
        Assert.Equal("1:10 OK result \"a\"", Kamailio.Answer.ToString());
    }

    [Fact]
    public void Idempotent_ServerLost_IsSentToTheNextOne()
    {
        _world.Serve("a,2 b,1");
        _world.Time["a"].OnCall = call => call.Connection.Dispose();
        Kamailio.Request(1, more: ""","idempotent":true""");
        Assert.Equal("1:10 OK result \"b\"", Kamailio.Answer.ToString());
    }

    [Fact]
    public void NotIdempotent_ServerLost_FailsAtOnce()
    {
        _world.Serve("a,2 b,1");
        _world.Time["a"].OnCall = call => call.Connection.Dispose();
        Kamailio.Request();
        Assert.Equal("1:10 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Contains("closed the connection", Kamailio.Answer.Error);
    }

    [Fact]
    public void Details_Asked_TellTheAttempts()
    {
        _world.Serve("a!,2 b,1");
        _world.Time.AdvanceTo(1);
        Kamailio.Request(more: ""","details":true""");
        Assert.Equal(["memory:a Unavailable", "memory:b Result"], Kamailio.Answer.Json.GetProperty("attempts").EnumerateArray()
            .Select(attempt => $"{attempt.GetProperty("server").GetString()} {attempt.GetProperty("end").GetString()}"));
    }

    [Fact]
    public void Pools_ByName_AreAsked()
    {
        JsonRpcClient first = _world.Time.Client("a");
        JsonRpcClient second = _world.Time.Client("b");
        _world.Make(options => options with { Pools = new Dictionary<string, JsonRpcClient> { ["one"] = first, ["two"] = second }, DefaultPool = "one" }).Serve();
        Kamailio.Request(1, more: ""","servers":"two" """);
        Kamailio.Request(2, more: ""","servers":"one" """);
        Kamailio.Request(3, more: ""","servers":"" """);
        Kamailio.Request(4);
        Kamailio.Request(5, more: ""","servers":"three" """);
        Assert.Equal(["\"b\"", "\"a\"", "\"a\"", "\"a\"", "failure"], Kamailio.Answers.Select(answer => answer.Result));
        Assert.Contains("no pool of servers named 'three'; the pools are: one, two", Kamailio.Answers[4].Error);
        Assert.Equal(EvapiProblem.BadEvent, Assert.Single(_world.Diagnostics).Problem);
    }

    [Fact]
    public void Notify_IsSentAndAnsweredByNothing()
    {
        _world.Serve();
        var seen = new List<string>();
        _world.Time["a"].OnCall = call => seen.Add($"{call.Method} {call.Parameters} {call.Id}");
        Kamailio.Relay("""{"v":1,"event":"notify","index":1,"label":2,"method":"hung_up","params":"{'id':5}"}""");
        Kamailio.Relay("""{"v":1,"event":"notify","method":"hung_up","servers":"nowhere"}""");
        Assert.Equal(["hung_up {\"id\":5} "], seen);
        Assert.Empty(Kamailio.Answers);
        Assert.Equal((2L, 1L), (_world.Gateway.Counters.Notifications, _world.Gateway.Counters.Of(EvapiProblem.NotNotified)));
        _world.AssertBalanced();
    }

    [Fact]
    public void Answer_TooLong_IsAFailureThatSaysSo()
    {
        _world.Serve(change: options => options with { MaxAnswerBytes = 2048 });
        _world.Time["a"].OnCall = call => call.Result($"\"{new string('x', 3000)}\"");
        Kamailio.Request();
        Assert.Equal("1:10 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Contains("at most 2048 (MaxAnswerBytes)", Kamailio.Answer.Error);
        Assert.Equal((0L, 1L), (_world.Gateway.Counters.Results, _world.Gateway.Counters.Failures));
        _world.AssertBalanced();
    }

    [Fact]
    public void ReservedMethod_IsAFailureThatSaysSo()
    {
        _world.Serve();
        Kamailio.Request(method: "rpc.discover");
        Assert.Equal("1:10 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Contains("starts with 'rpc.'", Kamailio.Answer.Error);
    }
}
