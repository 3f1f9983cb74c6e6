using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class LongFrameTests
{
    private const int Limit = 1000;

    private readonly ClientInVirtualTime _world = new();
    private readonly List<ServerDiagnostic> _diagnostics = [];

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":"LONG"}""")]
    [InlineData("""{"jsonrpc":"2.0","result":"LONG","id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":1,"message":"LONG"},"id":"ID"}""")]
    public void Reply_AboveTheLimit_FailsThatCallAndNothingElse(string reply)
    {
        JsonRpcClient client = Client();
        Answers<RawJson> other = _world.Subscribe(client.Request("other"));
        Answers<RawJson> asked = _world.Subscribe(client.Request("get_all"));
        FakeCall call = _world["a"].Calls[1];
        string text = reply.Replace("ID", $"{call.Id}").Replace("LONG", new string('x', 1500));
        call.Send(text);

        InvalidReplyException failure = asked.Failure<InvalidReplyException>();
        Assert.Equal((Written.MaybeExecuted, "get_all", "memory:a"), (failure.Written, failure.Method, $"{failure.Server!.EndPoint}"));
        Assert.Contains($"has {text.Length.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} bytes; the limit is 1,000 (MaxFrameBytes)", failure.Message);
        Assert.Equal([(DropReason.TooLong, (long)text.Length)], _diagnostics.Select(each => (each.Reason, each.Length)));
        Assert.True(other.Silent);
        _world["a"].Calls[0].Result("1");
        Assert.Equal("1", other.Value.ToString());
        Assert.Single(_world["a"].Accepted);
    }

    [Fact]
    public void Reply_AboveTheLimit_IsNoFailureOfTheServer()
    {
        JsonRpcClient client = Client();
        _world["a"].OnCall = call => call.Result($"\"{new string('x', 1500)}\"");
        for (int i = 0; i < 10; i++) _world.Subscribe(client.Request("m")).Failure<InvalidReplyException>();

        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Reply_AboveTheLimitWithoutACertainId_IsPublishedAndLeavesTheCallsAlone()
    {
        JsonRpcClient client = Client();
        Answers<RawJson> asked = _world.Subscribe(client.Request("m"));
        _world["a"].Calls[0].Send($$$"""{"jsonrpc":"2.0","result":{"a":"{{{new string('x', 1500)}}}","id":{{{_world["a"].Calls[0].Id}}}}}""");

        Assert.Equal([DropReason.TooLong], _diagnostics.Select(each => each.Reason));
        Assert.True(asked.Silent);
    }

    [Fact]
    public void ServersRequest_AboveTheLimit_IsAnsweredWithAnErrorAndNotTakenForAReply()
    {
        JsonRpcClient client = Client();
        Answers<ServerRequest> calls = _world.Subscribe(client.Calls);
        Answers<RawJson> asked = _world.Subscribe(client.Request("m"));
        var heard = new List<string>();
        _world["a"].OnUnreadable = heard.Add;
        FakeCall call = _world["a"].Calls[0];
        call.Send($$"""{"jsonrpc":"2.0","method":"load","params":["{{new string('x', 1500)}}"],"id":{{call.Id}}}""");

        Assert.Contains("\"code\":-32600", Assert.Single(heard));
        Assert.Contains("the limit is 1,000 (MaxFrameBytes)", heard[0]);
        Assert.Contains($"\"id\":{call.Id}", heard[0]);
        Assert.True(calls.Silent);
        Assert.True(asked.Silent);
    }

    [Fact]
    public void AnswerToAServer_AboveTheLimit_IsPublished()
    {
        JsonRpcClient client = Client();
        _world["a"].OnUnreadable = _ => { };
        client.Calls.Subscribe(request => request.TryAnswer(RawJson.Parse($"\"{new string('x', 1500)}\"")));
        _world.Subscribe(client.Request("m"));
        _world["a"].Calls[0].Send("""{"jsonrpc":"2.0","method":"load","id":1}""");

        Assert.Equal(DropReason.TooLong, Assert.Single(_diagnostics).Reason);
    }

    [Fact]
    public void Request_AboveTheLimit_NamesSizeAndOption()
    {
        JsonRpcClient client = Client();
        var failure = _world.Subscribe(client.Request("m", RawJson.Parse($"[\"{new string('x', 1500)}\"]"))).Failure<InvalidParametersException>();

        Assert.Matches("has 1,5[0-9][0-9] bytes; the limit is 1,000 \\(MaxFrameBytes\\)", failure.Message);
    }

    [Fact]
    public void FrameTimeout_ReplyBegunAndNotEnded_LosesTheConnection()
    {
        JsonRpcClient client = Client(options => options with { FrameTimeout = TimeSpan.FromSeconds(2), Policy = new RequestPolicy { TryTimeout = TimeSpan.FromSeconds(60), TotalTimeout = TimeSpan.FromSeconds(60) } });
        _world["a"].OnCall = call => call.Connection.TrySend("10:abc"u8, null);
        Answers<RawJson> asked = _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(1999);
        Assert.True(asked.Silent);
        _world.AdvanceTo(2000);

        Assert.Contains("FrameTimeout", asked.Failure<ConnectionLostException>().Message);
    }

    private JsonRpcClient Client(Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
    {
        JsonRpcClient client = _world.Client("a", options => (change ?? (same => same))(options with { MaxFrameBytes = Limit }));
        _world["a"].OnCall = _ => { };
        client.Diagnostics.Subscribe(_diagnostics.Add);
        return client;
    }
}
