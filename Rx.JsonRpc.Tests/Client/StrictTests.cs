using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What the client tolerates of servers without Strict: the rows of docs/protocol.md. The listener's rows are in its own StrictTests.</summary>
public class StrictTests
{
    private readonly ClientInVirtualTime _world = new();

    [Theory]
    [InlineData("""{"result":1,"id":ID}""", "1")]
    [InlineData("""{"jsonrpc":"1.0","result":1,"id":ID}""", "1")]
    [InlineData("""{"jsonrpc":2.0,"result":1,"id":ID}""", "1")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"error":null,"id":ID}""", "1")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"error":false,"id":ID}""", "1")]
    [InlineData("""{"jsonrpc":"2.0","result":null,"error":{"code":5,"message":"m"},"id":ID}""", "5: m")]
    [InlineData("""{"jsonrpc":"2.0","method":null,"params":null,"result":1,"id":ID}""", "1")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":"ID"}""", "1")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":ID.0}""", "1")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":5,"message":"m"},"id":"ID"}""", "5: m")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-32603.0,"message":"m"},"id":ID}""", "-32603: m")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-3.2603e4,"message":"m"},"id":ID}""", "-32603: m")]
    [InlineData("""{"jsonrpc":"2.0","error":{"message":"m"},"id":ID}""", "0: m")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":5},"id":ID}""", "5: ")]
    [InlineData("""{"jsonrpc":"2.0","error":"m","id":ID}""", "0: m")]
    [InlineData("""{"jsonrpc":"2.0","result":0,"result":1,"id":ID}""", "1")]
    public void Reply_NotToTheLetter_IsTakenUnlessStrict(string reply, string expected)
    {
        foreach (bool strict in new[] { false, true })
        {
            var world = new ClientInVirtualTime();
            JsonRpcClient client = world.Client("a", options => options with { Strict = strict });
            world["a"].OnCall = call => call.Send(reply.Replace("ID", call.Id.ToString()));

            Answers<Reply<RawJson>> answers = world.Subscribe(client.Call("m"));

            if (strict) Assert.Equal(Written.MaybeExecuted, answers.Failure<InvalidReplyException>().Written);
            else Assert.Equal(expected, answers.Value.Error?.ToString() ?? answers.Value.Result.ToString());
        }
    }

    [Theory]
    [InlineData("""{"method":"push"}""")]
    [InlineData("""{"jsonrpc":"1.0","method":"push"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"push","params":null}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"push","result":null,"error":null}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"push","error":false}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"push","params":[1],"params":null}""")]
    public void Notification_NotToTheLetter_IsTakenUnlessStrict(string notification)
    {
        foreach (bool strict in new[] { false, true })
        {
            var world = new ClientInVirtualTime();
            JsonRpcClient client = world.Client("a", options => options with { Strict = strict });
            Answers<ServerNotification> pushed = world.Subscribe(client.Notifications);

            world["a"].Connection!.TrySend(System.Text.Encoding.UTF8.GetBytes(notification));

            if (strict) Assert.Empty(pushed.Values);
            else Assert.Equal(new ServerNotification(client.Groups[0].Servers[0].Address, "push", default), Assert.Single(pushed.Values).Value);
            Assert.Equal(strict ? 1 : 0, client.Groups[0].Servers[0].DroppedFor(DropReason.NotAReply));
        }
    }

    [Fact]
    public void Reply_ToTheLetter_IsTakenWhenStrict()
    {
        JsonRpcClient client = _world.Client("a", options => options with { Strict = true });
        _world["a"].OnCall = call => call.Send($$""" { "more" : {"id":1}, "jsonrpc" : "2.0" , "result" : null, "id" : {{call.Id}} } """);
        Assert.Equal("null", _world.Subscribe(client.Call("m")).Value.Result.ToString());

        _world["a"].OnCall = call => call.Error(-32603, "m");

        Assert.Equal(-32603, _world.Subscribe(client.Call("m")).Value.Error!.Code);
    }
}
