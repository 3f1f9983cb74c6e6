using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Listening;

/// <summary>
/// What all connections of a listener may hold together. Each has a part of its own, for which it asks nothing; the rest is shared. A
/// connection gets more of the rest as long as it then holds no more than what is left of it. So the one that holds most is the first that
/// has to wait, n connections that want all of it hold an (n + 1)th each, and something is left for the next one.
/// </summary>
internal sealed class ListenerTotals
{
    private const int MostOwnBytes = 16 * 1024;
    private const int MostOwnCalls = 64;
    private const int MostGrainBytes = 64 * 1024;
    private const int MostGrainCalls = 256;
    private const int Grains = 1024;
    // Parameters, replies, replies that wait for their batch, and a frame that is being received.
    private const int Uses = 4;

    private readonly Lock _gate = new();
    private readonly Continuations _continuations;
    private readonly HashSet<ConnectionShare> _holders = [];
    private readonly List<ConnectionShare> _waiting = [];
    private readonly long _mostBytes;
    private readonly long _mostCalls;
    private long _bytes;
    private long _calls;
    private int _waitingCount;
    private bool _waking;

    public ListenerTotals(JsonRpcListenerOptions options, Continuations continuations)
    {
        _continuations = continuations;
        OwnBytes = (int)Math.Min(MostOwnBytes, options.MaxTotalBytes / (2L * Uses * options.MaxConnections));
        OwnCalls = (int)Math.Min(MostOwnCalls, options.MaxTotalCalls / (2L * options.MaxConnections));
        _mostBytes = options.MaxTotalBytes - ((long)Uses * OwnBytes * options.MaxConnections);
        _mostCalls = options.MaxTotalCalls - ((long)OwnCalls * options.MaxConnections);
        GrainBytes = Math.Clamp(_mostBytes / Grains, 1, MostGrainBytes);
        GrainCalls = Math.Clamp(_mostCalls / Grains, 1, MostGrainCalls);
    }

    /// <summary>How many bytes a connection may hold for each use without asking.</summary>
    public int OwnBytes { get; }

    /// <summary>How many calls of a connection may be in flight without asking.</summary>
    public int OwnCalls { get; }

    /// <summary>What is above the own part is taken in steps of this, so that a connection asks seldom.</summary>
    public long GrainBytes { get; }

    /// <summary>As <see cref="GrainBytes"/>, for calls.</summary>
    public long GrainCalls { get; }

    /// <summary>The shared bytes that are held, beside what each connection has of its own.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate) return _bytes;
        }
    }

    /// <summary>The shared calls that are in flight, beside what each connection has of its own.</summary>
    public long Calls
    {
        get
        {
            lock (_gate) return _calls;
        }
    }

    /// <summary>The connection that holds most shared bytes; null when none holds any.</summary>
    public ConnectionShare? Largest()
    {
        lock (_gate) return _holders.MaxBy(static holder => holder.Bytes);
    }

    /// <summary>Takes more; false when that does not fit, or the connection has ended.</summary>
    public bool TryTake(ConnectionShare share, long bytes, long calls = 0)
    {
        lock (_gate)
        {
            if (share.HasEnded || !FitsLocked(share, bytes, calls)) return false;
            AddLocked(share, bytes, calls);
            return true;
        }
    }

    /// <summary>
    /// As <see cref="TryTake"/>, for what can't wait. As long as another connection holds more, it gets any room that there is: nothing has
    /// to be closed then.
    /// </summary>
    public bool TryTakeAtOnce(ConnectionShare share, long bytes)
    {
        lock (_gate)
        {
            if (share.HasEnded || !(FitsLocked(share, bytes, 0) || (bytes <= _mostBytes - _bytes && HoldsLessLocked(share)))) return false;
            AddLocked(share, bytes, 0);
            return true;
        }
    }

    /// <summary>As <see cref="TryTake"/>; what does not fit is granted later, and the share is woken.</summary>
    public bool TryTakeOrWait(ConnectionShare share, long bytes)
    {
        lock (_gate)
        {
            if (share.HasEnded) return true;
            if (FitsLocked(share, bytes, 0))
            {
                AddLocked(share, bytes, 0);
                return true;
            }
            share.WaitsFor = bytes;
            _waiting.Add(share);
            Volatile.Write(ref _waitingCount, _waiting.Count);
            return false;
        }
    }

    /// <summary>Gives back. <see cref="WakeWaiting"/> follows, without any lock.</summary>
    public void Give(ConnectionShare share, long bytes, long calls = 0)
    {
        lock (_gate)
        {
            if (!share.HasEnded) AddLocked(share, -bytes, -calls);
        }
    }

    /// <summary>The connection has ended: all that it held is given back.</summary>
    public void End(ConnectionShare share)
    {
        lock (_gate)
        {
            share.HasEnded = true;
            share.WaitsFor = 0;
            if (_waiting.Remove(share)) Volatile.Write(ref _waitingCount, _waiting.Count);
            AddLocked(share, -share.Bytes, -share.Calls);
        }
        WakeWaiting();
    }

    /// <summary>
    /// Grants what fits now to those that wait, the first come first. One thread at a time: a reader that goes on inside the call gives
    /// back in its turn, and would wake the next one inside itself.
    /// </summary>
    public void WakeWaiting()
    {
        if (Volatile.Read(ref _waitingCount) == 0) return;
        lock (_gate)
        {
            if (_waking) return;
            _waking = true;
        }
        while (NextToWake() is { } share) _continuations.Schedule(static share => ((ConnectionShare)share!).Wake(), share);
    }

    // A connection alone may hold one frame, whatever its length; and one that is longer than the half of all needs no more than its room.
    private bool FitsLocked(ConnectionShare share, long bytes, long calls) =>
        (bytes <= 0 || _bytes == 0 || (bytes > _mostBytes / 2 ? bytes : share.Bytes + bytes + bytes) <= _mostBytes - _bytes)
        && (calls <= 0 || share.Calls + calls <= _mostCalls - _calls - calls);

    private bool HoldsLessLocked(ConnectionShare share) => _holders.Any(holder => holder.Bytes > share.Bytes);

    private void AddLocked(ConnectionShare share, long bytes, long calls)
    {
        _bytes += bytes;
        _calls += calls;
        share.Bytes += bytes;
        share.Calls += calls;
        if (share.Bytes > 0) _holders.Add(share);
        else _holders.Remove(share);
    }

    private ConnectionShare? NextToWake()
    {
        lock (_gate)
        {
            int index = _waiting.FindIndex(share => FitsLocked(share, share.WaitsFor, 0));
            _waking = index >= 0;
            if (index < 0) return null;
            ConnectionShare next = _waiting[index];
            _waiting.RemoveAt(index);
            Volatile.Write(ref _waitingCount, _waiting.Count);
            AddLocked(next, next.WaitsFor, 0);
            next.WaitsFor = 0;
            return next;
        }
    }
}
