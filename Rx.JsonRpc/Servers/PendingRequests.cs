using System.Numerics;

namespace Rx.JsonRpc.Servers;

/// <summary>How a request fared at the table's door.</summary>
internal enum Admission
{
    Admitted,
    Full,
    Closed,
}

/// <summary>
/// The pending table of one connection: an array of slots, no dictionary and no lock. An id is the slot's index below the slot's
/// generation, so that a late reply to an earlier use of the slot is told from the reply to this one. Removing the entry, one
/// compare-and-swap, is the only right to notify the request.
/// </summary>
internal sealed class PendingRequests
{
    private const int SegmentBits = 10;
    private const int SegmentSize = 1 << SegmentBits;
    private const int NoSlot = -1;

    private readonly int _capacity;
    private readonly bool _counts;
    private readonly int _indexBits;
    private readonly Slot[]?[] _segments;
    private readonly Lock _growth = new();
    // The free list is a stack of indexes; the upper half counts its changes, so that a stale head never passes for the present one.
    private long _freeHead = Pack(0, NoSlot);
    private int _used;
    private volatile bool _closed;
    private bool _swept;
    private volatile Action? _whenEmpty;
    private int _occupied;
    private int _load;

    /// <param name="capacity">How many requests it holds.</param>
    /// <param name="counts">Whether <see cref="Load"/> is kept; it is one more shared number for every request.</param>
    public PendingRequests(int capacity, bool counts = false)
    {
        _capacity = capacity;
        _counts = counts;
        _indexBits = Math.Max(1, BitOperations.Log2((uint)capacity - 1) + 1);
        _segments = new Slot[]?[((capacity - 1) >> SegmentBits) + 1];
    }

    /// <summary>How many requests wait; counted when asked, exact only when nothing moves.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            int used = Volatile.Read(ref _used);
            for (int index = 0; index < used; index++)
            {
                if (SlotAt(index).Request is not null) count++;
            }
            return count;
        }
    }

    /// <summary>Whether any request has ever been let in.</summary>
    public bool WasUsed => Volatile.Read(ref _used) > 0;

    /// <summary>How many requests wait, kept at each change until the table is swept; 0 when it does not count.</summary>
    public int Load => Volatile.Read(ref _load);

    /// <summary>How many more would be let in; counted when asked.</summary>
    public int Room => _capacity - Count;

    /// <summary>Whether another request would be let in; by the time it comes that may have changed.</summary>
    public bool HasRoom => (int)Volatile.Read(ref _freeHead) != NoSlot || Volatile.Read(ref _used) < _capacity;

    /// <summary>Gives the request an id and a slot.</summary>
    public Admission TryAdd(PendingRequest request)
    {
        if (_closed) return Admission.Closed;
        int index = PopFree();
        if (index == NoSlot) index = NewSlot();
        if (index == NoSlot) return Admission.Full;
        ref Slot slot = ref SlotAt(index);
        // JSON numbers are exact up to 2^53 (RFC 8259, section 6): the generation has what the index leaves of that.
        slot.Generation = (slot.Generation % ((1L << (53 - _indexBits)) - 1)) + 1;
        request.Id = (slot.Generation << _indexBits) | (uint)index;
        if (_counts) Interlocked.Increment(ref _load);
        Interlocked.Exchange(ref slot.Request, request);
        // The table may have been closed and swept between the first check and the entry; whoever removes the entry now owns its fate.
        return _closed && TryRemove(request) ? Admission.Closed : Admission.Admitted;
    }

    /// <summary>Takes the request out, if nobody else has.</summary>
    public bool TryRemove(PendingRequest request)
    {
        if (request.Id < 0) return false;
        int index = (int)(request.Id & ((1L << _indexBits) - 1));
        if (Interlocked.CompareExchange(ref SlotAt(index).Request, null, request) != request) return false;
        PushFree(index);
        if (_counts) Interlocked.Decrement(ref _load);
        if (_whenEmpty is not null) CloseIfEmpty();
        return true;
    }

    /// <summary>
    /// Closes the table once no request waits, and says so; at once if none does. Not when the table is swept: whoever sweeps it knows.
    /// </summary>
    public void CloseWhenEmpty(Action closed)
    {
        _whenEmpty = closed;
        // A removal looks for the action after it took its entry out, this looks for entries after it set the action.
        Interlocked.MemoryBarrier();
        CloseIfEmpty();
    }

    /// <summary>Takes out the request that a reply belongs to; null and the reason when there is none.</summary>
    public PendingRequest? Take(long id, out DropReason reason)
    {
        reason = DropReason.UnknownId;
        long index = id & ((1L << _indexBits) - 1);
        if (id < 0 || index >= Volatile.Read(ref _used)) return null;
        ref Slot slot = ref SlotAt((int)index);
        PendingRequest? request = Volatile.Read(ref slot.Request);
        if (request is not null && request.Id == id && TryRemove(request)) return request;
        long generation = id >> _indexBits;
        if (generation > 0 && generation <= Volatile.Read(ref slot.Generation)) reason = DropReason.LateReply;
        return null;
    }

    /// <summary>Takes out the request that waits, if it is the only one and its bytes have left.</summary>
    public PendingRequest? TakeOnly()
    {
        PendingRequest? only = null;
        int used = Volatile.Read(ref _used);
        for (int index = 0; index < used; index++)
        {
            if (Volatile.Read(ref SlotAt(index).Request) is not { } request) continue;
            if (only is not null) return null;
            only = request;
        }
        return only is { HasLeft: true } && TryRemove(only) ? only : null;
    }

    /// <summary>Closes the table and gives every request that waits to the caller, each once.</summary>
    public IEnumerable<PendingRequest> CloseAndTakeAll()
    {
        lock (_growth)
        {
            _swept = _closed = true;
            _whenEmpty = null;
        }
        Interlocked.MemoryBarrier();
        int used = Volatile.Read(ref _used);
        for (int index = 0; index < used; index++)
        {
            if (Interlocked.Exchange(ref SlotAt(index).Request, null) is { } request) yield return request;
        }
    }

    private void CloseIfEmpty()
    {
        if (IsOccupied(Volatile.Read(ref _occupied))) return;
        Action? closed;
        lock (_growth)
        {
            closed = _whenEmpty;
            if (closed is null) return;
            _closed = true;
            Interlocked.MemoryBarrier();
            if (FindOccupiedLocked())
            {
                _closed = _swept;
                return;
            }
            _whenEmpty = null;
        }
        closed();
    }

    /// <summary>Goes on from where it found one last: a table that is emptied is not searched from its start at each removal.</summary>
    private bool FindOccupiedLocked()
    {
        int used = _used;
        for (int i = 0; i < used; i++)
        {
            int index = (_occupied + i) % used;
            if (!IsOccupied(index)) continue;
            Volatile.Write(ref _occupied, index);
            return true;
        }
        return false;
    }

    private bool IsOccupied(int index) => index < Volatile.Read(ref _used) && Volatile.Read(ref SlotAt(index).Request) is not null;

    private static long Pack(long version, int index) => (version << 32) | (uint)index;

    private int PopFree()
    {
        while (true)
        {
            long head = Volatile.Read(ref _freeHead);
            int index = (int)head;
            if (index == NoSlot) return NoSlot;
            int next = Volatile.Read(ref SlotAt(index).NextFree);
            if (Interlocked.CompareExchange(ref _freeHead, Pack((head >> 32) + 1, next), head) == head) return index;
        }
    }

    private void PushFree(int index)
    {
        while (true)
        {
            long head = Volatile.Read(ref _freeHead);
            Volatile.Write(ref SlotAt(index).NextFree, (int)head);
            if (Interlocked.CompareExchange(ref _freeHead, Pack((head >> 32) + 1, index), head) == head) return;
        }
    }

    private int NewSlot()
    {
        lock (_growth)
        {
            if (_used == _capacity) return NoSlot;
            int index = _used;
            _segments[index >> SegmentBits] ??= new Slot[Math.Min(SegmentSize, _capacity - (index & ~(SegmentSize - 1)))];
            Volatile.Write(ref _used, index + 1);
            return index;
        }
    }

    /// <summary>A slot that is in use or has been: its segment was there before <see cref="_used"/> said so.</summary>
    private ref Slot SlotAt(int index) => ref _segments[index >> SegmentBits]![index & (SegmentSize - 1)];

    private struct Slot
    {
        public PendingRequest? Request;
        public long Generation;
        public int NextFree;
    }
}
