using System.Buffers;
using System.Text;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Tests.Framing;

public class SkippedFrameTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(600)]
    [InlineData(5000)]
    public void Take_AnySegmentation_KeepsTheBeginningAndTheEnd(int length)
    {
        byte[] payload = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
        foreach (int step in new[] { 1, 3, 200, 256, 300, 6000 })
        {
            var frame = new SkippedFrame(length, 4);
            byte[][] pieces = [.. payload.Append((byte)',').Append((byte)'9').Chunk(step)];
            byte[] left = [];
            int at = 0;
            NetstringStatus status = NetstringStatus.Partial;
            for (; status == NetstringStatus.Partial; at++)
            {
                ReadOnlySequence<byte> buffer = new(pieces[at]);
                status = frame.Take(ref buffer, out _);
                left = buffer.ToArray();
            }

            Assert.Equal(NetstringStatus.Frame, status);
            Assert.Equal("9", Encoding.Latin1.GetString([.. left, .. pieces.Skip(at).SelectMany(piece => piece)]));
            Assert.Equal(payload.Take(256), frame.Head.ToArray());
            Assert.Equal(payload.TakeLast(256), frame.Tail.ToArray());
        }
    }

    [Fact]
    public void Take_NoComma_IsAViolationAtThatByte()
    {
        var frame = new SkippedFrame(3, 2);
        var buffer = new ReadOnlySequence<byte>("abcX"u8.ToArray());

        Assert.Equal(NetstringStatus.Violation, frame.Take(ref buffer, out NetstringViolation violation));
        Assert.Equal((NetstringFault.MissingComma, 5, (byte)'X'), (violation.Fault, violation.Offset, violation.Found));
    }
}
