using static Rx.JsonRpc.Tests.Listening.ProtocolTests;

namespace Rx.JsonRpc.Tests.Listening;

public class BatchTests
{
    [Fact]
    public void Batch_AllAnswered_OneArrayInTheOrderOfAnswers()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send("""[{"method":"a","id":1},{"method":"n"},{"method":"b","id":2}]""");
        Assert.Equal(["a", "n", "b"], host.Calls.Select(call => call.Method));

        Assert.True(host.Calls[2].TryAnswer(RawJson.Parse("20")));
        Assert.Null(peer.Read());
        Assert.True(host.Calls[0].TryFail(new JsonRpcError(5, "five")));

        Assert.Equal($$"""[{{Reply("20", "2")}},{"jsonrpc":"2.0","error":{"code":5,"message":"five"},"id":1}]""", peer.Read());
        Assert.False(host.Calls[0].TryAnswer(RawJson.Parse("1")));
        Assert.Null(peer.Read());
    }

    [Fact]
    public void Batch_OneCall_StillAnArray() =>
        Assert.Equal($"[{Reply("[1]", "1")}]", Host.Echoing().Connect().Ask("""[{"method":"a","params":[1],"id":1}]"""));

    [Theory]
    [InlineData("""[{"method":"a"},{"method":"b","params":[]}]""")]
    [InlineData("""[{"result":1,"id":1}]""")]
    public void Batch_NothingToAnswer_NoReplyAtAll(string batch) => Assert.Null(Host.Echoing().Connect().Ask(batch));

    [Fact]
    public void Batch_WithRubbish_AnErrorForEach()
    {
        const string Invalid = """{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}""";
        RawPeer peer = Host.Echoing().Connect();

        Assert.Equal($"[{Invalid},{Invalid}]", peer.Ask("[1,2]"));
        Assert.Equal($"[{Invalid},{Reply("[1]", "1")}]", peer.Ask("""[{},{"method":"a","params":[1],"id":1},{"method":"n"}]"""));
    }

    [Fact]
    public void Batch_BrokenJson_NothingIsCarriedOut()
    {
        Host host = Host.Echoing();

        Assert.Contains("-32700", host.Connect().Ask("""[{"method":"a","id":1},{"method" """));
        Assert.Empty(host.Calls);
    }

    [Fact]
    public void Batch_TooLong_OneErrorAndNothingIsCarriedOut()
    {
        Host host = Host.Echoing(new() { MaxBatch = 2 });
        RawPeer peer = host.Connect();

        string? reply = peer.Ask("""[{"method":"a","id":1},{"method":"b","id":2},{"method":"c","id":3}]""");

        Assert.Equal("""{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request: more than 2 messages in a batch"},"id":null}""", reply);
        Assert.Empty(host.Calls);
        Assert.NotNull(peer.Ask("""[{"method":"a","id":1},{"method":"b","id":2}]"""));
    }

    [Fact]
    public void Batch_RepliesTooLongTogether_TheLaterOneGivesWay()
    {
        Host host = Host.Keeping(new() { MaxFrameBytes = 300, MaxQueuedBytesPerConnection = 1000 });
        RawPeer peer = host.Connect().Send("""[{"method":"a","id":1},{"method":"b","id":2}]""");
        RawJson large = RawJson.Parse($"\"{new string('x', 200)}\"");
        foreach (IncomingCall call in host.Calls) Assert.True(call.TryAnswer(large));

        Assert.Equal(
            $$"""[{{Reply(large.ToString(), "1")}},{"jsonrpc":"2.0","error":{"code":-32603,"message":"The reply is too long"},"id":2}]""",
            peer.Read());
    }

    [Fact]
    public void Batch_ErrorsTooLongTogether_IsRefusedAsAWhole()
    {
        Host host = Host.Keeping(new() { MaxFrameBytes = 300, MaxQueuedBytesPerConnection = 1000 });
        RawPeer peer = host.Connect();

        string? reply = peer.Ask("""[{"method":"a","id":1},2,3,4,5,6]""");

        Assert.Equal("""{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request: the errors in the batch fill a frame"},"id":null}""", reply);
        Assert.Empty(host.Calls);
        Assert.NotNull(peer.Ask("[2,3,4]"));
    }

    [Fact]
    public void Batch_RepliesHeldBeyondTheBound_Disconnects()
    {
        Host host = Host.Keeping(new() { MaxFrameBytes = 300, MaxQueuedBytesPerConnection = 500 });
        RawPeer peer = host.Connect();
        for (int i = 0; i < 3; i++) peer.Send("""[{"method":"a","id":1},{"method":"b","id":2}]""");
        RawJson large = RawJson.Parse($"\"{new string('x', 200)}\"");

        Assert.True(host.Calls[0].TryAnswer(large));
        Assert.True(host.Calls[2].TryAnswer(large));
        Assert.False(host.Calls[4].TryAnswer(large));

        Assert.True(peer.SeesEnd);
        Assert.Contains("does not read", host.Changes[^1].Reason);
    }
}
