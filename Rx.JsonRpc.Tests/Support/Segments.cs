using System.Buffers;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>The same bytes as sequences of one, two or many segments.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> CutAt(byte[] bytes, params int[] cuts)
    {
        var first = new Segment(default, 0);
        Segment last = first;
        int start = 0;
        foreach (int cut in cuts.Append(bytes.Length))
        {
            last = last.Append(bytes.AsMemory(start, cut - start));
            start = cut;
        }
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    public static ReadOnlySequence<byte> EachByte(byte[] bytes) => CutAt(bytes, [.. Enumerable.Range(1, Math.Max(bytes.Length - 1, 0))]);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
