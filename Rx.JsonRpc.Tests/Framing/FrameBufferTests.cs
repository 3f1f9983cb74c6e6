using System.Buffers;
using System.Text;
using CsCheck;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Tests.Framing;

public class FrameBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(5_000)]
    [InlineData(200_000)]
    public void Complete_AnyLength_IsWhatTheWriterWrites(int length)
    {
        byte[] payload = new byte[length];
        Random.Shared.NextBytes(payload);
        var expected = new ArrayBufferWriter<byte>();
        NetstringWriter.Write(expected, payload);
        var buffer = new FrameBuffer();
        buffer.Append(payload);
        Assert.Equal(expected.WrittenSpan, buffer.Complete());
        Assert.Equal(expected.WrittenSpan, buffer.Complete());
        Assert.Equal(payload.AsSpan(), buffer.Payload);
    }

    [Fact]
    public void Write_AnyMixOfSpansMemoriesAndAppends_KeepsTheOrder() =>
        Gen.Select(Gen.Int[0, 2], Gen.Byte.Array[0, 3000]).Array[0, 10].Sample(steps =>
        {
            var buffer = new FrameBuffer();
            foreach ((int how, byte[] bytes) in steps)
            {
                if (how == 0)
                {
                    buffer.Append(bytes);
                    continue;
                }
                bytes.CopyTo(how == 1 ? buffer.GetSpan(bytes.Length) : buffer.GetMemory(bytes.Length).Span);
                buffer.Advance(bytes.Length);
            }
            return buffer.Payload.SequenceEqual(steps.SelectMany(step => step.Item2).ToArray());
        });

    [Fact]
    public void GetSpan_NoHint_IsNeverEmpty()
    {
        var buffer = new FrameBuffer();
        for (int i = 0; i < 10; i++)
        {
            int all = buffer.GetSpan().Length;
            Assert.NotEqual(0, all);
            buffer.Advance(all);
        }
        Assert.Equal((byte)',', buffer.Complete()[^1]);
    }

    [Fact]
    public void Advance_BeyondWhatWasGiven_Throws()
    {
        var buffer = new FrameBuffer();
        int room = buffer.GetSpan().Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
    }

    [Fact]
    public void Truncate_EarlierLength_ForgetsTheRest()
    {
        var buffer = new FrameBuffer();
        buffer.Append("keep,drop"u8);
        buffer.Truncate(4);
        Assert.Equal("4:keep,", Encoding.UTF8.GetString(buffer.Complete()));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(5));
    }

    [Fact]
    public void Reset_AfterAHugePayload_GivesTheMemoryBack()
    {
        var buffer = new FrameBuffer();
        buffer.Append(new byte[10 * FrameBuffer.KeptBytes]);
        Assert.True(buffer.Capacity > FrameBuffer.KeptBytes);
        buffer.Reset();
        Assert.InRange(buffer.Capacity, 1, FrameBuffer.KeptBytes);
        Assert.Equal(0, buffer.PayloadLength);
    }

    [Fact]
    public void Rent_AfterReturn_IsTheSameAndEmpty()
    {
        FrameBuffer first = FrameBuffer.Rent();
        first.Append("x"u8);
        FrameBuffer.Return(first);
        FrameBuffer second = FrameBuffer.Rent();
        Assert.Same(first, second);
        Assert.Equal(0, second.PayloadLength);
        FrameBuffer.Return(second);
    }

    [Fact]
    public void Rent_WhileAnotherIsBeingWritten_IsAnother()
    {
        FrameBuffer outer = FrameBuffer.Rent();
        outer.Append("outer"u8);
        FrameBuffer inner = FrameBuffer.Rent();
        Assert.NotSame(outer, inner);
        inner.Append("inner"u8);
        FrameBuffer.Return(inner);
        Assert.Equal("5:outer,", Encoding.UTF8.GetString(outer.Complete()));
        FrameBuffer.Return(outer);
    }

    [Fact]
    public void Return_Twice_DoesNotHandItOutTwice()
    {
        FrameBuffer buffer = FrameBuffer.Rent();
        FrameBuffer.Return(buffer);
        FrameBuffer.Return(buffer);
        FrameBuffer one = FrameBuffer.Rent();
        FrameBuffer other = FrameBuffer.Rent();
        Assert.NotSame(one, other);
        one.Append("a"u8);
        other.Append("b"u8);
        Assert.Equal("1:a,", Encoding.UTF8.GetString(one.Complete()));
        FrameBuffer.Return(one);
        FrameBuffer.Return(other);
    }
}
