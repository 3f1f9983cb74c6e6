using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// The requests of a client that found no server to ask and wait for one, the earliest deadline in front. When servers take requests
/// again, as many are called as there is room; one that comes too late all the same waits again in its old place.
/// </summary>
/// <remarks>
/// News that arrives while a request still makes its round would be missed by it. So news is numbered; a request remembers the number
/// at which its round began, and when it enters the line under a later one, the line moves up by one.
/// </remarks>
internal sealed class WaitingRequests
{
    private readonly Lock _gate = new();
    private readonly SortedSet<WaitingTurn> _line = [];
    private readonly Continuations _continuations;
    private long _news;
    private long _entered;
    private long _room;
    private int _count;
    // One that was called and makes its round.
    private bool _passing;
    private volatile bool _inUse;
    private volatile bool _closed;

    public WaitingRequests(int most, Continuations continuations)
    {
        Most = most;
        _continuations = continuations;
    }

    /// <summary>How many may wait.</summary>
    public int Most { get; }

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The number of the latest news; from the first call on, news is numbered.</summary>
    public long News()
    {
        if (!_inUse)
        {
            _inUse = true;
            Interlocked.MemoryBarrier();
        }
        return Interlocked.Read(ref _news);
    }

    /// <summary>A request or a notification has left its server. Hot: every reply comes by here.</summary>
    public void RoomForOne()
    {
        if (!_inUse) return;
        Interlocked.Increment(ref _news);
        if (Count > 0) MoveUp(1);
    }

    /// <summary>Servers have changed their states, or take bytes again.</summary>
    /// <param name="servers">All of them; asked for their room only if somebody waits.</param>
    public void ServersChanged(IReadOnlyList<Server> servers)
    {
        if (!_inUse) return;
        Interlocked.Increment(ref _news);
        if (Count > 0) MoveUp(servers.Sum(server => server.Room));
    }

    /// <summary>Nobody is called any more; those who wait are left to whoever ends them.</summary>
    public void Close() => _closed = true;

    /// <summary>Whether a request waits, or has been called and is not sent yet.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate) return _line.Count > 0 || _passing;
        }
    }

    /// <summary>False when the line is full.</summary>
    public bool TryEnter(WaitingTurn turn, long newsBefore)
    {
        lock (_gate)
        {
            if (_line.Count >= Most) return false;
            turn.EnterLocked(++_entered);
            _line.Add(turn);
            Volatile.Write(ref _count, _line.Count);
        }
        // Pairs with the writers of news, who number it and then look whether anybody waits.
        Interlocked.MemoryBarrier();
        if (Interlocked.Read(ref _news) != newsBefore) MoveUp(1);
        return true;
    }

    /// <summary>Takes the turn out; what it was called to and did not use goes to the next one.</summary>
    public void Leave(WaitingTurn turn)
    {
        bool unused;
        lock (_gate)
        {
            _line.Remove(turn);
            Volatile.Write(ref _count, _line.Count);
            unused = turn.TryEndCallLocked();
        }
        if (unused) MoveUp(1);
    }

    /// <summary>True once for each call, unless the turn has left meanwhile.</summary>
    public bool TryAnswerCall(WaitingTurn turn)
    {
        lock (_gate) return turn.TryEndCallLocked() && !_closed;
    }

    private void MoveUp(long room)
    {
        long more = Math.Min(room, Most);
        // Called inline, a request may be sent and answered within a pass, and make room again; a pass in a pass for each would end in a
        // stack overflow. Whoever raises the number from zero begins the one pass that works it off.
        if (more <= 0 || Interlocked.Add(ref _room, more) != more) return;
        _continuations.Schedule(static self => OrderedPass.Run((WaitingRequests)self!, static line => line.Pass()), this);
    }

    /// <summary>Lets as many make their rounds as there is room, one after another: the order in which they are called is the order in which they are sent.</summary>
    private void Pass()
    {
        long more = Interlocked.Read(ref _room);
        do
        {
            for (long i = 0; i < more && TakeFirst() is { } first; i++)
            {
                try
                {
                    first.Go();
                }
                finally
                {
                    lock (_gate) _passing = false;
                }
            }
        }
        while ((more = Interlocked.Add(ref _room, -more)) > 0);
    }

    private WaitingTurn? TakeFirst()
    {
        lock (_gate)
        {
            if (_closed || _line.Min is not { } first) return null;
            _line.Remove(first);
            Volatile.Write(ref _count, _line.Count);
            first.CallLocked();
            _passing = true;
            return first;
        }
    }
}
