using static Rx.JsonRpc.Tests.Listening.ProtocolTests;

namespace Rx.JsonRpc.Tests.Listening;

public class LongFrameTests
{
    private static readonly string Long = new('x', 600);

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":"a","method":"m","params":["LONG"]}""")]
    [InlineData("""{"method":"m","params":["LONG"],"id":"a"}""")]
    public void Call_AboveTheLimit_AnsweredWithItsIdAndTheConnectionStays(string text)
    {
        Host host = Host.Echoing(new() { MaxFrameBytes = 500 });
        RawPeer peer = host.Connect();
        text = text.Replace("LONG", Long);

        string reply = peer.Ask(text)!;

        Assert.Contains("\"code\":-32600", reply);
        Assert.Contains($"has {text.Length} bytes; the limit is 500 (MaxFrameBytes)", reply);
        Assert.EndsWith("\"id\":\"a\"}", reply);
        Assert.Empty(host.Calls);
        Assert.Contains("MaxFrameBytes", Assert.Single(host.Failures).Exception.Message);
        Assert.Equal(1, host.Listener.Counters.FramesTooLong);
        Assert.NotNull(peer.Ask("""{"method":"m","id":1}"""));
    }

    [Theory]
    [InlineData("""{"method":"m","params":["LONG"]}""")]
    [InlineData("""{"jsonrpc":"2.0","result":"LONG","id":1}""")]
    [InlineData("""[{"method":"m","params":["LONG"],"id":1}]""")]
    [InlineData("LONG")]
    public void Frame_AboveTheLimitAndNotSurelyACall_CountedAndPublishedWithoutAnAnswer(string text)
    {
        Host host = Host.Echoing(new() { MaxFrameBytes = 500 });
        RawPeer peer = host.Connect();

        Assert.Null(peer.Ask(text.Replace("LONG", Long)));

        Assert.Single(host.Failures);
        Assert.Equal(1, host.Listener.Counters.FramesTooLong);
        Assert.Equal(Reply("[2]", "2"), peer.Ask("""{"method":"m","params":[2],"id":2}"""));
    }

    [Fact]
    public void Reply_AboveTheLimit_IsPublished()
    {
        Host host = Host.Keeping(new() { MaxFrameBytes = 200 });
        RawPeer peer = host.Connect().Send("""{"method":"get_all","id":1}""");

        Assert.True(host.Calls[0].TryAnswer(RawJson.Parse($"\"{Long}\"")));

        Assert.Contains("-32603", peer.Read());
        ListenerFailure failure = Assert.Single(host.Failures);
        Assert.Equal("get_all", failure.Where);
        Assert.Contains("the limit is 200 (MaxFrameBytes)", failure.Exception.Message);
        Assert.Equal((1, 0), (host.Listener.Counters.FramesTooLong, host.Listener.Counters.Failures));
    }

    [Fact]
    public void ReplyInABatch_AboveTheLimitWithTheOthers_IsPublished()
    {
        Host host = Host.Keeping(new() { MaxFrameBytes = 300 });
        RawPeer peer = host.Connect().Send("""[{"method":"a","id":1},{"method":"b","id":2}]""");
        foreach (IncomingCall call in host.Calls) call.TryAnswer(RawJson.Parse($"\"{new string('x', 200)}\""));

        Assert.NotNull(peer.Read());
        Assert.Equal("b", Assert.Single(host.Failures).Where);
    }

    [Fact]
    public void FrameTimeout_FrameBegunAndNotEnded_ClosesTheConnection()
    {
        Host host = Host.Echoing(new() { FrameTimeout = TimeSpan.FromSeconds(10) });
        RawPeer silent = host.Connect();
        RawPeer peer = host.Connect().SendRaw("100:abc");

        host.Clock.AdvanceBy(TimeSpan.FromSeconds(10).Ticks - 1);
        Assert.False(peer.SeesEnd);
        host.Clock.AdvanceBy(1);

        Assert.True(peer.SeesEnd);
        Assert.Contains("FrameTimeout", host.Changes[^1].Reason);
        Assert.False(silent.SeesEnd);
    }
}
