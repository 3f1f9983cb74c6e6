using System.Numerics;
using System.Runtime.InteropServices;

namespace Rx.JsonRpc.Listening;

/// <summary>
/// How many calls of one connection are in flight, and how many bytes their parameters have. What enters and what leaves is counted
/// apart, on cache lines of their own: on a busy connection the reader does the one and the handlers' thread the other, at the same time.
/// </summary>
internal sealed class CallsInFlight
{
    private readonly Lock _growth = new();
    private readonly int _mostCalls;
    private readonly int _mostBytes;
    private readonly ConnectionShare? _share;
    // What has been taken of the totals is looked at when the count of those that have left, or of their bytes, passes a multiple of these
    // powers of two. They are below the own part: what is in flight when the last of them is passed needs nothing beside that.
    private readonly int _callsShift;
    private readonly int _bytesShift;
    private long _sharedCalls;
    private long _sharedBytes;
    private bool _hasGrown;
    private Counts _counts;

    /// <param name="mostCalls">How many calls may be in flight.</param>
    /// <param name="mostBytes">How many bytes their parameters may have. One call alone may have more.</param>
    /// <param name="share">The connection's share in the totals of the listener; null when there are none.</param>
    public CallsInFlight(int mostCalls, int mostBytes, ConnectionShare? share = null)
    {
        _mostCalls = mostCalls;
        _mostBytes = mostBytes;
        _share = share;
        _callsShift = BitOperations.Log2((uint)Math.Max(1, (share?.OwnCalls ?? 0) / 2));
        _bytesShift = BitOperations.Log2((uint)Math.Max(1, share?.OwnBytes ?? 0));
        SetGranted();
    }

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
        return FitsLocally() || TryGrow();
    }

    /// <summary>Counts a call out; from any thread.</summary>
    public void Leave(int bytes)
    {
        long leftBytes = Interlocked.Add(ref _counts.LeftBytes, bytes);
        long left = Interlocked.Increment(ref _counts.Left);
        if (!_hasGrown) return;
        if ((left ^ (left - 1)) >> _callsShift != 0 || (leftBytes ^ (leftBytes - bytes)) >> _bytesShift != 0) GiveBack();
    }

    /// <summary>Whether they fit even if no more had left than the reader has seen.</summary>
    private bool FitsLocally() =>
        _counts.Entered - _counts.SeenLeft <= Volatile.Read(ref _counts.GrantedCalls)
        && _counts.EnteredBytes - _counts.SeenLeftBytes <= Volatile.Read(ref _counts.GrantedBytes);

    private bool TryGrow()
    {
        long calls = _counts.Entered - _counts.SeenLeft;
        long bytes = _counts.EnteredBytes - _counts.SeenLeftBytes;
        if (calls > _mostCalls || (bytes > _mostBytes && calls > 1)) return false;
        if (_share is null) return true;
        lock (_growth)
        {
            long moreCalls = Math.Max(0, _share.CallsAbove(_share.OwnCalls, calls) - _sharedCalls);
            long moreBytes = Math.Max(0, _share.BytesAbove(_share.OwnBytes, bytes) - _sharedBytes);
            if (!_share.TryTakeCalls(moreBytes, moreCalls)) return false;
            _sharedCalls += moreCalls;
            _sharedBytes += moreBytes;
            SetGranted();
        }
        // Those that left meanwhile may not have seen that something was taken, and too few may be left to pass such a multiple.
        Interlocked.MemoryBarrier();
        if (CallsNow <= 1L << _callsShift && BytesNow <= 1L << _bytesShift) GiveBack();
        return true;
    }

    private void GiveBack()
    {
        lock (_growth)
        {
            long moreCalls = _sharedCalls - Math.Min(_sharedCalls, _share!.CallsAbove(_share.OwnCalls, CallsNow));
            long moreBytes = _sharedBytes - Math.Min(_sharedBytes, _share.BytesAbove(_share.OwnBytes, BytesNow));
            if (moreCalls == 0 && moreBytes == 0) return;
            _sharedCalls -= moreCalls;
            _sharedBytes -= moreBytes;
            SetGranted();
            // The reader counts a call in and then looks at what is granted; this sets what is granted and then looks at the count.
            Interlocked.MemoryBarrier();
            if (CallsNow > _counts.GrantedCalls || BytesNow > _counts.GrantedBytes)
            {
                _sharedCalls += moreCalls;
                _sharedBytes += moreBytes;
                SetGranted();
                return;
            }
            _share.GiveCalls(moreBytes, moreCalls);
        }
        _share.WakeOthers();
    }

    // What has left is read first, so that they are never too few.
    private long CallsNow => -Volatile.Read(ref _counts.Left) + Volatile.Read(ref _counts.Entered);

    private long BytesNow => -Volatile.Read(ref _counts.LeftBytes) + Volatile.Read(ref _counts.EnteredBytes);

    private void SetGranted()
    {
        _hasGrown = _sharedCalls > 0 || _sharedBytes > 0;
        Volatile.Write(ref _counts.GrantedCalls, _share is null ? _mostCalls : Math.Min(_mostCalls, _share.OwnCalls + _sharedCalls));
        Volatile.Write(ref _counts.GrantedBytes, _share is null ? _mostBytes : Math.Min(_mostBytes, _share.OwnBytes + _sharedBytes));
    }

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

        [FieldOffset(160)]
        public long GrantedCalls;

        [FieldOffset(168)]
        public long GrantedBytes;

        [FieldOffset(256)]
        public long Left;

        [FieldOffset(264)]
        public long LeftBytes;
    }
}
