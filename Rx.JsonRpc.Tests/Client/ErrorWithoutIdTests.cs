using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>An error without an id ends the only open call of its connection, if nothing else that was sent there can be meant.</summary>
public class ErrorWithoutIdTests
{
    private const string ParseError = """{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}""";

    private readonly ClientInVirtualTime _world = new();

    [Theory]
    [InlineData(ParseError)]
    [InlineData($"[{ParseError}]")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"}}""")]
    public void Error_OneCallOpen_IsItsReply(string error)
    {
        JsonRpcClient client = Silent();
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));

        Say(error);

        Assert.Equal(new JsonRpcError(-32700, "Parse error"), answers.Value.Error! with { Received = default });
        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
    }

    [Fact]
    public void Error_ThatCannotBeUsed_EndsTheOnlyCallToo()
    {
        JsonRpcClient client = Silent();
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));

        Say("""{"jsonrpc":"2.0","error":7,"id":null}""");

        answers.Failure<InvalidReplyException>();
    }

    [Fact]
    public void Error_NoCallOpen_IsPublishedWithItsCode() => CheckPublished(Silent(), ParseError, -32700);

    [Fact]
    public void Error_TwoCallsOpen_IsPublishedAndEndsNeither()
    {
        JsonRpcClient client = Silent();
        Answers<Reply<RawJson>> one = _world.Subscribe(client.Call("m"));
        Answers<Reply<RawJson>> other = _world.Subscribe(client.Call("m"));

        CheckPublished(client, ParseError, -32700);

        Assert.True(one.Silent && other.Silent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Error_NotificationBeforeOrAfterTheCall_MayMeanThat(bool before)
    {
        JsonRpcClient client = Silent();
        if (before) _world.Subscribe(client.Notify("n"));
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));
        if (!before) _world.Subscribe(client.Notify("n"));

        CheckPublished(client, ParseError, -32700);

        Assert.True(answers.Silent);
    }

    [Fact]
    public void Error_LaterCallWasAnsweredSinceTheNotification_MeansTheOpenCall()
    {
        JsonRpcClient client = Silent();
        _world.Subscribe(client.Notify("n"));
        _world.Subscribe(client.Call("m"));
        _world["a"].Calls[^1].Result("1");
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));

        Say(ParseError);

        Assert.Equal(-32700, answers.Value.Error!.Code);
    }

    [Fact]
    public void Error_CallWasGivenUpBefore_MayMeanThat()
    {
        JsonRpcClient client = Silent();
        _world.Subscribe(client.Call("m")).Subscription.Dispose();
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));

        CheckPublished(client, ParseError, -32700);

        Assert.True(answers.Silent);
    }

    [Fact]
    public void Error_ServerHadAskedSomething_MayMeanTheAnswer()
    {
        JsonRpcClient client = Silent();
        _world["a"].OnUnreadable = _ => { };
        _world["a"].Connection!.TrySend("""{"jsonrpc":"2.0","method":"q","id":1}"""u8);
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));

        CheckPublished(client, ParseError, -32700);

        Assert.True(answers.Silent);
    }

    [Fact]
    public void Error_HeartbeatWasSent_MayMeanTheProbe()
    {
        JsonRpcClient client = Silent(options => options with { Heartbeat = new HeartbeatOptions() });
        _world.AdvanceTo(5_000);
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));

        CheckPublished(client, ParseError, -32700);

        Assert.True(answers.Silent);
    }

    [Fact]
    public void Error_Strict_IsRefusedWithoutAnyIdAndTakenWithNull()
    {
        JsonRpcClient client = Silent(options => options with { Strict = true });
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));

        Say("""{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"}}""");
        Assert.True(answers.Silent);
        Say(ParseError);

        Assert.Equal(-32700, answers.Value.Error!.Code);
    }

    private JsonRpcClient Silent(Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
    {
        JsonRpcClient client = _world.Client("a", change);
        _world["a"].OnCall = _ => { };
        return client;
    }

    private void CheckPublished(JsonRpcClient client, string error, int code)
    {
        Answers<ServerDiagnostic> diagnostics = _world.Subscribe(client.Diagnostics);

        Say(error);

        ServerDiagnostic diagnostic = Assert.Single(diagnostics.Values).Value;
        Assert.Equal((DropReason.ErrorWithoutId, code), (diagnostic.Reason, diagnostic.ErrorCode));
        Assert.Equal(1, client.Groups[0].Servers[0].DroppedFor(DropReason.ErrorWithoutId));
    }

    private void Say(string frame) => _world["a"].Connection!.TrySend(System.Text.Encoding.UTF8.GetBytes(frame));
}
