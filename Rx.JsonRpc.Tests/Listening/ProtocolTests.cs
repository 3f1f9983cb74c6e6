namespace Rx.JsonRpc.Tests.Listening;

public class ProtocolTests
{
    [Theory]
    [InlineData("7")]
    [InlineData("-7")]
    [InlineData("1.50")]
    [InlineData("12e3")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("\"\"")]
    [InlineData("\"a\\u00e9\\\"b\"")]
    [InlineData("null")]
    public void Id_AnyKind_EchoedUntouched(string id)
    {
        RawPeer peer = Host.Echoing().Connect();

        Assert.Equal(Reply("[1]", id), peer.Ask($$"""{"jsonrpc":"2.0","method":"m","params":[1],"id":{{id}}}"""));
    }

    [Theory]
    [InlineData("""{"method":"m","params":[1],"id":1}""")]
    [InlineData("""{"id":1,"method":"m","jsonrpc":"1.0","params":[1],"more":{"id":2}}""")]
    [InlineData(""" { "jsonrpc" : "2.0", "method" : "m", "params" : [1], "id" : 1 } """)]
    public void Call_LaxButClear_Answered(string call) => Assert.Equal(Reply("[1]", "1"), Host.Echoing().Connect().Ask(call));

    [Fact]
    public void Call_ItsParts_AreWhatThePeerSent()
    {
        Host host = Host.Keeping();
        host.Connect().Send("""{"jsonrpc":"2.0","method":"a.b","params":{"x": 1},"id":"q"}""").Send("""{"method":"n"}""");

        Assert.Equal(["a.b", "n"], host.Calls.Select(call => call.Method));
        Assert.Equal(["""{"x": 1}""", ""], host.Calls.Select(call => call.Parameters.ToString()));
        Assert.Equal(["\"q\"", ""], host.Calls.Select(call => call.Id.ToString()));
        Assert.Equal([false, true], host.Calls.Select(call => call.IsNotification));
        Assert.Equal("memory:client-1", host.Calls[0].RemoteEndPoint.ToString());
    }

    [Theory]
    [InlineData("{", -32700, "null")]
    [InlineData("", -32700, "null")]
    [InlineData("""{"method":"m","id":1} 2""", -32700, "null")]
    [InlineData("\"text\"", -32600, "null")]
    [InlineData("5", -32600, "null")]
    [InlineData("{}", -32600, "null")]
    [InlineData("""{"method":1,"id":"x"}""", -32600, "\"x\"")]
    [InlineData("""{"method":"m","params":"p","id":4}""", -32600, "4")]
    [InlineData("""{"method":"m","id":{}}""", -32600, "null")]
    [InlineData("[]", -32600, "null")]
    public void Rubbish_OfAnyKind_AnsweredWithItsError(string frame, int code, string id)
    {
        Host host = Host.Echoing();
        RawPeer peer = host.Connect();

        string reply = peer.Ask(frame)!;

        Assert.StartsWith($$$"""{"jsonrpc":"2.0","error":{"code":{{{code}}},""", reply);
        Assert.EndsWith($"\"id\":{id}}}", reply);
        Assert.Equal(Reply("[2]", "2"), peer.Ask("""{"method":"m","params":[2],"id":2}"""));
        Assert.Equal(1, host.Listener.Counters.BadMessages);
    }

    [Fact]
    public void Notification_Whatever_NeverAnswered()
    {
        var methods = new MethodTable().On("fail", Throw).On("ok", parameters => parameters);
        Host host = Host.With(methods);
        RawPeer peer = host.Connect();

        Assert.Null(peer.Ask("""{"method":"ok"}"""));
        Assert.Null(peer.Ask("""{"method":"fail"}"""));
        Assert.Null(peer.Ask("""{"method":"unknown"}"""));
        Assert.Equal(3, host.Listener.Counters.Notifications);
        Assert.Equal(["fail"], host.Failures.Select(failure => failure.Where));
    }

    [Fact]
    public void Notification_TryAnswer_IsFalse()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send("""{"method":"n"}""");

        Assert.False(host.Calls[0].TryAnswer(RawJson.Parse("1")));
        Assert.False(host.Calls[0].TryFail(new JsonRpcError(1, "no")));
        Assert.Null(peer.Read());
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":1,"message":"m"},"id":1}""")]
    public void Reply_FromAPeer_IgnoredAndCounted(string reply)
    {
        Host host = Host.Echoing();

        Assert.Null(host.Connect().Ask(reply));
        Assert.Equal(1, host.Listener.Counters.RepliesIgnored);
        Assert.Equal(0, host.Listener.Counters.BadMessages);
    }

    [Fact]
    public void NetstringViolation_ClosesTheConnection()
    {
        Host host = Host.Echoing();
        RawPeer peer = host.Connect().SendRaw("GET / HTTP/1.1");

        Assert.True(peer.SeesEnd);
        Assert.Equal(0, host.Listener.ConnectionCount);
        Assert.Contains("HTTP", host.Changes[^1].Reason);
    }

    [Fact]
    public void Calls_NoObserver_MethodNotFound()
    {
        var host = new Host();
        host.Listener.Start();

        Assert.Equal(
            """{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":1}""",
            host.Connect().Ask("""{"method":"m","id":1}"""));
    }

    [Fact]
    public void Calls_SentBeforeStart_ReachTheHandler()
    {
        var host = new Host();
        RawPeer peer = host.Connect().Send("""{"method":"m","id":1}""");
        host.Listener.Calls.Subscribe(call => call.TryAnswer(RawJson.Parse("true")));
        Assert.Null(peer.Read());

        host.Listener.Start();

        Assert.Equal(Reply("true", "1"), peer.Read());
    }

    internal static string Reply(string result, string id) => $$"""{"jsonrpc":"2.0","result":{{result}},"id":{{id}}}""";

    private static RawJson Throw(RawJson parameters) => throw new InvalidOperationException("no");
}
