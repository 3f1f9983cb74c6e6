using System.Buffers;
using System.Buffers.Text;
using BenchmarkDotNet.Attributes;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Bench;

/// <summary>A hundred frames out of one buffer; the figures are for one frame. The floor believes every byte.</summary>
[MemoryDiagnoser]
public class NetstringRead
{
    private const int Frames = 100;

    private ReadOnlySequence<byte> _whole;
    private ReadOnlySequence<byte> _split;

    /// <summary>The payload's length.</summary>
    [Params(120, 4000)]
    public int PayloadBytes { get; set; }

    /// <summary>Writes the frames.</summary>
    [GlobalSetup]
    public void Write()
    {
        var output = new ArrayBufferWriter<byte>();
        byte[] payload = new byte[PayloadBytes];
        for (int i = 0; i < Frames; i++) NetstringWriter.Write(output, payload);
        byte[] bytes = output.WrittenSpan.ToArray();
        _whole = new ReadOnlySequence<byte>(bytes);
        _split = Segment.Split(bytes, 4096);
    }

    /// <summary>The length is read and stepped over; nothing is checked, and all has to be there.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    public long Unchecked()
    {
        long bytes = 0;
        for (ReadOnlySpan<byte> rest = _whole.FirstSpan; rest.Length > 0;)
        {
            Utf8Parser.TryParse(rest, out int length, out int digits);
            bytes += length;
            rest = rest[(digits + 1 + length + 1)..];
        }
        return bytes;
    }

    /// <summary>All in one piece of memory.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    public long OnePiece() => Read(_whole);

    /// <summary>In pieces of 4 KiB, as a pipe gives them.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    public long Pieces() => Read(_split);

    private static long Read(ReadOnlySequence<byte> buffer)
    {
        long bytes = 0;
        while (NetstringReader.Read(ref buffer, 1 << 20, out ReadOnlySequence<byte> payload, out _) == NetstringStatus.Frame) bytes += payload.Length;
        return bytes;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Split(byte[] bytes, int size)
        {
            var first = new Segment { Memory = bytes.AsMemory(0, Math.Min(size, bytes.Length)) };
            Segment last = first;
            for (int at = size; at < bytes.Length; at += size)
            {
                var next = new Segment { Memory = bytes.AsMemory(at, Math.Min(size, bytes.Length - at)), RunningIndex = at };
                last.Next = next;
                last = next;
            }
            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
