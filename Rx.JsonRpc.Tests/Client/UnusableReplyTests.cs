using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>A server that answers is not silent: a frame with the id of an open call ends that call at once, whatever else is wrong with it.</summary>
public class UnusableReplyTests
{
    private readonly ClientInVirtualTime _world = new();

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","error":false,"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","error":null,"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"error":{"code":1,"message":"m"},"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"error":0,"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","result":false,"error":{"code":1,"message":"m"},"id":"ID"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","result":1,"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","error":5,"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","error":true,"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","error":["no"],"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":1.5,"message":"m"},"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":"-32603","message":"m"},"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","result":NaN,"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":ID,}""")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":ID}}""")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":ID}{"jsonrpc":"2.0","result":1,"id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":ID} and more""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":{"id":1,"text":"it ends he""")]
    [InlineData("""[{"jsonrpc":"2.0","result":1,"id":ID},""")]
    [InlineData("""[7,{"jsonrpc":"2.0","id":ID}]""")]
    [InlineData("""[{"jsonrpc":"2.0","error":7,"id":ID}]""")]
    public void Reply_ThatCannotBeUsed_EndsTheCallAtOnce(string reply)
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = call => call.Send(Named(reply, call));

        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));

        InvalidReplyException failure = answers.Failure<InvalidReplyException>();
        Assert.Equal((0, "m", "memory:a"), (answers.Error!.Value.At, failure.Method, failure.Server!.ToString()));
        Assert.Equal((Written.MaybeExecuted, AttemptEnd.Faulty), (failure.Written, Assert.Single(failure.Attempts).End));
        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(66, false)]
    [InlineData(5000, false)]
    public void Reply_Depth_CarriesWhatRawJsonAcceptsAndNoMore(int depth, bool carried)
    {
        string deep = new string('[', depth) + new string(']', depth);
        Assert.Equal(carried, RawJson.TryParse(deep, out _, out _));
        JsonRpcClient client = _world.Client("a");
        foreach (string reply in new[]
        {
            $$"""{"result":{{deep}},"id":ID}""", $$"""[{"result":{{deep}},"id":ID}]""", $$""" [ {"id":ID,"result":{{deep}}}, 1]""",
            $$$"""{"error":{"code":1,"message":"m","data":{{{deep}}}},"id":ID}""", $$$"""[{"error":{"code":1,"message":"m","data":{{{deep}}}},"id":ID}]""",
        })
        {
            _world["a"].OnCall = call => call.Send(Named(reply, call));
            Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));
            if (!carried) Assert.Contains("64", answers.Failure<InvalidReplyException>().Message);
            else Assert.Equal(deep, answers.Value.IsError ? answers.Value.Error!.Data.ToString() : answers.Value.Result.ToString());
        }
    }

    [Fact]
    public void Reply_BrokenBatch_EndsEveryCallWhoseIdCanBeRead()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        Answers<Reply<RawJson>>[] answers = [.. Enumerable.Range(0, 3).Select(_ => _world.Subscribe(client.Call("m")))];
        List<FakeCall> calls = _world["a"].Calls;

        calls[0].Send($$"""[{"result":1,"id":{{calls[0].Id}}},{"result":2,"id":{{calls[1].Id}}},{"resu""");

        answers[0].Failure<InvalidReplyException>();
        answers[1].Failure<InvalidReplyException>();
        Assert.True(answers[2].Silent);
        calls[2].Result("3");
        Assert.Equal("3", answers[2].Value.Result.ToString());
    }

    [Fact]
    public void Request_OfTheServerThatIsBroken_EndsNoCallOfTheSameId()
    {
        JsonRpcClient client = _world.Client("a");
        Answers<ServerDiagnostic> diagnostics = _world.Subscribe(client.Diagnostics);
        _world["a"].OnCall = call =>
        {
            call.Send($$"""{"jsonrpc":"2.0","method":"m","params":5,"id":{{call.Id}}}""");
            call.Send($$"""{"jsonrpc":"2.0","method":"m","params":[NaN],"id":{{call.Id}}}""");
        };

        Assert.True(_world.Subscribe(client.Call("m")).Silent);
        Assert.Equal([DropReason.NotAReply, DropReason.NotJson], diagnostics.Values.Select(seen => seen.Value.Reason));
    }

    [Fact]
    public void Reply_UnusableAgainAndAgain_NeverEjectsTheServer()
    {
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { Breaker = new BreakerOptions { MinimumCalls = 5 } });
        _world["a"].OnCall = call => call.Send(Named("""{"id":ID}""", call));

        for (int i = 0; i < 50; i++) _world.Subscribe(client.Call("m")).Failure<InvalidReplyException>();

        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    private static string Named(string reply, FakeCall call) => reply.Replace("ID", call.Id.ToString());
}
