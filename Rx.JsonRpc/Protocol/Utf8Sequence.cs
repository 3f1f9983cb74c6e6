using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Rx.JsonRpc.Protocol;

/// <summary>Checks UTF-8 over segments, also where a boundary cuts a character.</summary>
internal static class Utf8Sequence
{
    private const int MaxCharacterBytes = 4;

    public static bool IsValid(in ReadOnlySequence<byte> bytes) =>
        bytes.IsSingleSegment ? Utf8.IsValid(bytes.FirstSpan) : AreSegmentsValid(bytes);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AreSegmentsValid(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> cut = stackalloc byte[MaxCharacterBytes];
        int held = 0;
        foreach (ReadOnlyMemory<byte> segment in bytes)
        {
            ReadOnlySpan<byte> rest = segment.Span;
            while (held > 0 && !rest.IsEmpty)
            {
                cut[held++] = rest[0];
                rest = rest[1..];
                OperationStatus status = Rune.DecodeFromUtf8(cut[..held], out _, out _);
                if (status == OperationStatus.InvalidData) return false;
                if (status == OperationStatus.Done) held = 0;
            }
            if (rest.IsEmpty) continue;
            int tail = CutCharacterBytes(rest);
            if (!Utf8.IsValid(rest[..^tail])) return false;
            rest[^tail..].CopyTo(cut);
            held = tail;
        }
        return held == 0;
    }

    /// <summary>How many bytes at the end begin a character that goes on elsewhere.</summary>
    private static int CutCharacterBytes(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back < MaxCharacterBytes && back <= bytes.Length; back++)
        {
            bool continues = (bytes[^back] & 0xc0) == 0x80;
            if (continues) continue;
            return Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData ? back : 0;
        }
        return 0;
    }
}
