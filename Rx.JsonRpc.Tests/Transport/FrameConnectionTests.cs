using System.IO.Pipelines;
using System.Text;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class FrameConnectionTests
{
    private readonly DuplexPair _pair = new();
    private readonly List<string> _frames = [];
    private Exception? _error;
    private bool _completed;

    [Fact]
    public void Frames_ByteByByte_ArriveWhole()
    {
        Subscribe(new FrameConnection(_pair.Near));

        foreach (byte one in "5:hello,0:,2:ab,"u8.ToArray()) _pair.Write([one]);

        Assert.Equal(["hello", "", "ab"], _frames);
    }

    [Fact]
    public void Frames_EndBetweenFrames_Completes()
    {
        Subscribe(new FrameConnection(_pair.Near));
        _pair.Write("1:a,"u8);
        _pair.Far.Output.Complete();

        Assert.True(_completed);
        Assert.Equal(1, _pair.Disposals);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("5:hel")]
    [InlineData("5:hello")]
    [InlineData("1:a,3:b")]
    public void Frames_EndInsideAFrame_IsALostConnection(string bytes)
    {
        Subscribe(new FrameConnection(_pair.Near, peer: "a:1"));
        _pair.Write(Encoding.ASCII.GetBytes(bytes));
        _pair.Far.Output.Complete();

        Assert.Contains("a:1 was lost: it ended inside a frame", Assert.IsType<ConnectionLostException>(_error).Message);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request", 0, "HTTP")]
    [InlineData("1:a,GET / HTTP/1.1", 4, "HTTP")]
    [InlineData("1:a,2:bc,\x16\x03\x01\x02", 9, "TLS")]
    [InlineData("{\"result\":1}", 0, "JSON without netstring framing")]
    [InlineData("Content-Length: 5", 0, "Content-Length header framing")]
    [InlineData("1:a,\r\n1:b,", 4, "\\x0d\\x0a")]
    public void Frames_Violation_SaysWhereAndWhatItLooksLike(string bytes, long offset, string look)
    {
        Subscribe(new FrameConnection(_pair.Near, peer: "a:1"));
        _pair.Write(Encoding.Latin1.GetBytes(bytes));

        var violation = Assert.IsType<ProtocolViolationException>(_error);
        Assert.Equal(offset, violation.Offset);
        Assert.Contains($"at byte {offset}", violation.Message);
        Assert.Contains(look, violation.Message);
        Assert.Equal(1, _pair.Disposals);
    }

    [Fact]
    public void Frames_ViolationOverSeveralReads_CountsFromTheConnectionsStart()
    {
        Subscribe(new FrameConnection(_pair.Near));
        _pair.Write("1:a,"u8);
        _pair.Write("10:0123"u8);
        _pair.Write("456789;"u8);

        Assert.Equal(4 + 13, Assert.IsType<ProtocolViolationException>(_error).Offset);
    }

    [Fact]
    public void Frames_TooLong_IsRefusedBeforeItIsBuffered()
    {
        Subscribe(new FrameConnection(_pair.Near, new FrameConnectionOptions { MaxFrameBytes = 100 }));
        _pair.Write("101:"u8);

        Assert.Contains("the limit is 100 bytes", Assert.IsType<ProtocolViolationException>(_error).Message);
    }

    [Fact]
    public void Frames_LongerThanThePipeHolds_ArriveWhole()
    {
        Subscribe(new FrameConnection(_pair.Near));
        string payload = new('x', 1_000_000);
        _pair.Write(Encoding.ASCII.GetBytes($"1000000:{payload},"));

        Assert.Equal(payload, Assert.Single(_frames));
    }

    [Fact]
    public void Frames_SecondSubscription_IsAnError()
    {
        var connection = new FrameConnection(_pair.Near);
        connection.Frames.Subscribe(_ => { });
        Exception? second = null;

        connection.Frames.Subscribe(_ => { }, error => second = error);

        Assert.IsType<InvalidOperationException>(second);
        Assert.Equal(0, _pair.Disposals);
    }

    [Fact]
    public void Dispose_InsideOnNext_GivesNothingMore()
    {
        var connection = new FrameConnection(_pair.Near);
        connection.Frames.Subscribe(
            frame =>
            {
                _frames.Add(Encoding.ASCII.GetString(frame.Payload));
                connection.Dispose();
            },
            error => _error = error,
            () => _completed = true);
        _pair.Write("1:a,1:b,"u8);

        Assert.Equal(["a"], _frames);
        Assert.False(_completed);
        Assert.Null(_error);
        Assert.Equal(1, _pair.Disposals);
        Assert.False(connection.TrySend("x"u8));
    }

    [Fact]
    public void Dispose_NeverSubscribed_ReleasesThePipe()
    {
        var connection = new FrameConnection(_pair.Near);
        connection.Dispose();
        connection.Dispose();

        Assert.Equal(1, _pair.Disposals);
        Assert.True(_pair.Far.Input.TryRead(out ReadResult read) && read.IsCompleted);
    }

    [Fact]
    public void OnNext_Throws_EndsTheConnection()
    {
        var connection = new FrameConnection(_pair.Near);
        connection.Frames.Subscribe(_ => throw new InvalidOperationException("host"), error => _error = error);
        _pair.Write("1:a,"u8);

        Assert.Equal("host", Assert.IsType<ConnectionLostException>(_error).InnerException!.Message);
        Assert.Equal(1, _pair.Disposals);
    }

    [Fact]
    public void TrySend_PeerStoppedReading_EndsTheReadingToo()
    {
        var connection = new FrameConnection(_pair.Near);
        Subscribe(connection);
        _pair.Far.Input.Complete();

        connection.TrySend("x"u8);

        Assert.Contains("does not take any more bytes", Assert.IsType<ConnectionLostException>(_error).Message);
        Assert.False(connection.TrySend("x"u8));
    }

    [Fact]
    public void CompleteSending_SendsWhatWaitsThenEndsTheStream()
    {
        var connection = new FrameConnection(_pair.Near);
        Subscribe(connection);
        connection.TrySend("one"u8);
        connection.CompleteSending();

        Assert.True(_pair.Far.Input.TryRead(out ReadResult read));
        Assert.Equal("3:one,", Encoding.ASCII.GetString(read.Buffer));
        Assert.True(read.IsCompleted);
        Assert.False(connection.TrySend("two"u8));
        _pair.Write("1:a,"u8);
        Assert.Equal(["a"], _frames);
    }

    private void Subscribe(FrameConnection connection) =>
        connection.Frames.CheckGrammar().Subscribe(
            frame => _frames.Add(Encoding.ASCII.GetString(frame.Payload)),
            error => _error = error,
            () => _completed = true);
}
