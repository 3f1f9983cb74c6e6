using System.Buffers;
using System.Text;
using CsCheck;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Framing;

public class NetstringReaderTests
{
    private const int Max = 4 * 1024 * 1024;

    [Theory]
    [InlineData("abc", Max, NetstringFault.NotADigit, 0, "'a' (0x61)")]
    [InlineData("1x", Max, NetstringFault.NotADigit, 1, "'x' (0x78)")]
    [InlineData("1 :a,", Max, NetstringFault.NotADigit, 1, "(0x20)")]
    [InlineData("123456789,", 999_999_999, NetstringFault.NotADigit, 9, "':'")]
    [InlineData("05:hello,", Max, NetstringFault.LeadingZero, 1, "length 0")]
    [InlineData("00:,", Max, NetstringFault.LeadingZero, 1, "length 0")]
    [InlineData("1234567890", 999_999_999, NetstringFault.TooManyDigits, 9, "9 digits")]
    [InlineData("1234567890", Max, NetstringFault.TooLong, 7, "limit")]
    [InlineData("17", 16, NetstringFault.TooLong, 1, "limit")]
    [InlineData("0:,", -1, NetstringFault.TooLong, 0, "limit")]
    [InlineData(":a,", Max, NetstringFault.NoLength, 0, "':'")]
    [InlineData("5:hello;", Max, NetstringFault.MissingComma, 7, "','")]
    [InlineData("0:x", Max, NetstringFault.MissingComma, 2, "','")]
    public void Read_Violation_SaysWhereAndWhy(string stream, int max, NetstringFault fault, int offset, string says)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(stream);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            ReadOnlySequence<byte> buffer = Segments.CutAt(bytes, cut);
            Assert.Equal(NetstringStatus.Violation, NetstringReader.Read(ref buffer, max, out _, out NetstringViolation violation));
            Assert.Equal((fault, offset, bytes[offset]), (violation.Fault, violation.Offset, violation.Found));
            Assert.Contains(says, violation.ToString());
        }
    }

    [Fact]
    public void ToString_NoViolation_SaysSo() => Assert.Equal("no violation", default(NetstringViolation).ToString());

    [Fact]
    public void Read_WholeFrame_SlicesTheBufferWithoutCopying()
    {
        byte[] bytes = "5:hello,rest"u8.ToArray();
        var buffer = new ReadOnlySequence<byte>(bytes);
        Assert.Equal(NetstringStatus.Frame, NetstringReader.Read(ref buffer, Max, out ReadOnlySequence<byte> payload, out _));
        bytes[2] = (byte)'j';
        Assert.Equal("jello", Encoding.UTF8.GetString(payload));
        Assert.Equal("rest", Encoding.UTF8.GetString(buffer));
    }

    [Fact]
    public void Read_EmptySegments_AreNoObstacle()
    {
        ReadOnlySequence<byte> buffer = Segments.CutAt("1:a,"u8.ToArray(), 0, 0, 1, 1, 2, 2, 3, 3, 3);
        Assert.Equal(NetstringStatus.Frame, NetstringReader.Read(ref buffer, Max, out ReadOnlySequence<byte> payload, out _));
        Assert.Equal("a", Encoding.UTF8.GetString(payload));
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void Read_WhatTheWriterWrote_ComesBackAtAnySegmentation() =>
        Gen.Select(Gen.Byte.Array[0, 300].Array[0, 6], Gen.Int[0, 2000].Array[0, 12]).Sample((payloads, places) =>
        {
            var output = new ArrayBufferWriter<byte>();
            foreach (byte[] payload in payloads) NetstringWriter.Write(output, payload);
            byte[] stream = output.WrittenSpan.ToArray();
            ReadOnlySequence<byte> buffer = Segments.CutAt(stream, [.. places.Select(place => place % (stream.Length + 1)).Order()]);
            foreach (byte[] payload in payloads)
            {
                if (NetstringReader.Read(ref buffer, Max, out ReadOnlySequence<byte> read, out _) != NetstringStatus.Frame) return false;
                if (!read.ToArray().AsSpan().SequenceEqual(payload)) return false;
            }
            return buffer.IsEmpty && NetstringReader.Read(ref buffer, Max, out _, out _) == NetstringStatus.Partial;
        });

    [Fact]
    public void Read_RandomBytes_SegmentationNeverMatters() =>
        Gen.Select(Gen.OneOf(Gen.Byte, Gen.Const((byte)'0'), Gen.Const((byte)'1'), Gen.Const((byte)':'), Gen.Const((byte)',')).Array[0, 24], Gen.Int[0, 24])
            .Sample((bytes, cut) =>
            {
                var whole = new ReadOnlySequence<byte>(bytes);
                ReadOnlySequence<byte> parts = Segments.CutAt(bytes, Math.Min(cut, bytes.Length));
                NetstringStatus status = NetstringReader.Read(ref whole, 100, out ReadOnlySequence<byte> one, out NetstringViolation why);
                return status == NetstringReader.Read(ref parts, 100, out ReadOnlySequence<byte> other, out NetstringViolation whyParts)
                    && one.ToArray().AsSpan().SequenceEqual(other.ToArray())
                    && whole.Length == parts.Length
                    && why.Equals(whyParts);
            });

    [Fact]
    public void Read_ManyTimes_AllocatesNothing()
    {
        byte[] bytes = "5:hello,3:abc,"u8.ToArray();
        ReadOnlySequence<byte>[] streams =
            [new(bytes), Segments.CutAt(bytes, 1, 4, 9), new("12:part"u8.ToArray()), new("x"u8.ToArray())];
        _ = ReadAll(streams, 10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int frames = ReadAll(streams, 1000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(4000, frames);
        Assert.Equal(0, allocated);
    }

    private static int ReadAll(ReadOnlySequence<byte>[] streams, int times)
    {
        int frames = 0;
        for (int i = 0; i < times; i++)
        {
            foreach (ReadOnlySequence<byte> stream in streams)
            {
                ReadOnlySequence<byte> buffer = stream;
                while (NetstringReader.Read(ref buffer, Max, out _, out _) == NetstringStatus.Frame) frames++;
            }
        }
        return frames;
    }
}
