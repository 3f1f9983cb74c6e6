using System.Runtime.InteropServices;

namespace Rx.JsonRpc.Listening;

/// <summary>
/// How many calls of one connection are in flight, and how many bytes their parameters have. What enters and what leaves is counted
/// apart, on cache lines of their own: on a busy connection the reader does the one and the handlers' thread the other, at the same time.
/// </summary>
internal sealed class CallsInFlight(int mostCalls, int mostBytes)
{
    private Counts _counts;

    /// <summary>Whether none is.</summary>
    public bool IsEmpty
    {
        get
        {
            // In this order: whatever has left had entered before, so that the two are equal only if all had left at the first look.
            long left = Volatile.Read(ref _counts.Left);
            return Volatile.Read(ref _counts.Entered) == left;
        }
    }

    /// <summary>Counts a call in, also one that is too much. On the reader only.</summary>
    /// <returns>Whether no more are in flight than may be.</returns>
    public bool TryEnter(int bytes)
    {
        _counts.EnteredBytes += bytes;
        // A full fence: whoever closes the connection sets its mark and looks here, the reader counts here and then looks for the mark.
        Interlocked.Increment(ref _counts.Entered);
        if (FitsLocally()) return true;
        _counts.SeenLeftBytes = Volatile.Read(ref _counts.LeftBytes);
        _counts.SeenLeft = Volatile.Read(ref _counts.Left);
        return FitsLocally();
    }

    /// <summary>Counts a call out; from any thread.</summary>
    public void Leave(int bytes)
    {
        Interlocked.Add(ref _counts.LeftBytes, bytes);
        Interlocked.Increment(ref _counts.Left);
    }

    /// <summary>Whether they fit even if no more had left than the reader has seen. One call alone always does.</summary>
    private bool FitsLocally() =>
        _counts.Entered - _counts.SeenLeft is var calls && calls <= mostCalls
        && (_counts.EnteredBytes - _counts.SeenLeftBytes <= mostBytes || calls == 1);

    // Processors fetch lines of 64 bytes in pairs.
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Counts
    {
        [FieldOffset(128)]
        public long Entered;

        [FieldOffset(136)]
        public long EnteredBytes;

        [FieldOffset(144)]
        public long SeenLeft;

        [FieldOffset(152)]
        public long SeenLeftBytes;

        [FieldOffset(256)]
        public long Left;

        [FieldOffset(264)]
        public long LeftBytes;
    }
}
