using System.Text;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class FrameConnectionViolationTests
{
    [Theory]
    [InlineData("x", 0, "'x'")]
    [InlineData("01:a,", 1, "leading zero")]
    [InlineData("3:abc;", 5, "','")]
    [InlineData("1:a,1:b,2:cdX", 12, "'2:cdX'")]
    [InlineData("0:,0:,:", 6, "expected the digits")]
    [InlineData("1:a,1000:", 7, "the limit is 100 bytes")]
    public void Violation_AnywhereInTheStream_SaysAtWhichByteAndWhy(string bytes, long offset, string said)
    {
        foreach (int step in new[] { 1, 2, 3, bytes.Length })
        {
            var wire = new Wire(new FrameConnectionOptions { MaxFrameBytes = 100 });
            foreach (byte[] piece in Encoding.Latin1.GetBytes(bytes).Chunk(step))
            {
                if (!wire.Ended) wire.Receive(piece);
            }
            var violation = Assert.IsType<ProtocolViolationException>(wire.Error);
            Assert.Contains($"at byte {offset}:", violation.Message);
            Assert.Contains(said, violation.Message);
            wire.AssertReleased();
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "HTTP")]
    [InlineData("GET / HTTP/1.1\r\n", "HTTP")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000", "TLS")]
    [InlineData("\u0015\u0003\u0003\u0000\u0002", "TLS")]
    [InlineData("{\"jsonrpc\":\"2.0\"}", "JSON without netstring framing")]
    [InlineData("[{}]", "JSON without netstring framing")]
    [InlineData("Content-Length: 20\r\n", "Content-Length header framing")]
    [InlineData("\0\0\0\u0010{}", "binary length framing")]
    public void Violation_OtherProtocol_NamesIt(string bytes, string protocol)
    {
        var wire = new Wire();
        wire.Receive(bytes);
        Assert.EndsWith($"which looks like {protocol}", Assert.IsType<ProtocolViolationException>(wire.Error).Message);
    }

    [Fact]
    public void Violation_ControlBytes_AreShownHarmless()
    {
        var wire = new Wire();
        wire.Receive("\u001b[31m\r\n\u00ff");
        Assert.EndsWith(@"'\x1b[31m\x0d\x0a\xff'", Assert.IsType<ProtocolViolationException>(wire.Error).Message);
    }

    [Fact]
    public void Violation_FramesBeforeIt_AreSeen()
    {
        var wire = new Wire();
        wire.Receive("1:a,1:b,x1:c,");
        Assert.Equal(["a", "b"], wire.Frames);
        Assert.IsType<ProtocolViolationException>(wire.Error);
    }
}
