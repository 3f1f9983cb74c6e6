namespace Rx.JsonRpc.Servers;

/// <summary>
/// An attempt while it runs. Its bytes leave only with its leave: whichever comes first, the hand-over to the socket or the end of the
/// attempt, decides whether it may have run. So what was told as not written stays so, even if the end came while it was being sent.
/// </summary>
internal class AttemptRecord : ILastLook
{
    private const int Held = 0;
    private const int HandedOver = 1;
    private const int TakenBack = 2;

    private const long NotAsked = -1;

    private int _bytes;
    private long _receivedWhenDue = NotAsked;

    public AttemptRecord(Server server, int number = 0, TimeSpan startedAfter = default)
    {
        Server = server;
        Number = number;
        StartedAfter = startedAfter;
    }

    public Server Server { get; private set; }

    public int Number { get; set; }

    public TimeSpan StartedAfter { get; set; }

    /// <summary>Whether the client's retry budget paid for it.</summary>
    public bool Replay { get; set; }

    /// <summary>The number under which the server's breaker admitted it.</summary>
    public long Ticket { get; set; } = CircuitBreaker.NoTicket;

    /// <summary>The connection that it was given.</summary>
    public ServerConnection? Connection { get; set; }

    /// <summary>Whether the server had a connection to give, also when it refused the attempt.</summary>
    public bool Connected { get; set; }

    /// <summary>Whether the loss of its connection ended it.</summary>
    public bool Lost { get; set; }

    /// <summary>Set when its reply, or the loss of its connection, is known and on the way to its observer.</summary>
    public bool HasNews { get; set; }

    /// <summary>How much later than its timeout was due it ended, because the client itself was late; zero when it was not.</summary>
    public TimeSpan ClientLate { get; private set; }

    public bool AwaitsReply => Connection is not null;

    public bool ComesByThreadPool => Connection is { Frames.ComesByThreadPool: true };

    /// <summary>Set when it has ended; a ticket that is given later would be kept by nobody.</summary>
    public bool Ended { get; set; }

    /// <summary>The attempt under way that began before it; the trail's own.</summary>
    public AttemptRecord? Earlier { get; set; }

    public Written Written => Volatile.Read(ref _bytes) == HandedOver ? Written.MaybeExecuted : Written.NotWritten;

    /// <summary>Whether its request is for one server and no other.</summary>
    public virtual bool IsForOneServer => false;

    /// <summary>Whether its request has tried that server, in whichever round.</summary>
    public virtual bool HasTried(Server server) => server == Server;

    /// <summary>Its call, told its reply, does not know it any more.</summary>
    public virtual void Recycle()
    {
    }

    /// <summary>False when it was taken back: then no byte of it may leave.</summary>
    public bool TryHandOver() => Interlocked.CompareExchange(ref _bytes, HandedOver, Held) != TakenBack;

    public bool MayBeReceived()
    {
        if (HasNews) return true;
        if (Connection?.Frames is not { } frames) return false;
        if (_receivedWhenDue == NotAsked) _receivedWhenDue = frames.Received;
        return frames.Read < _receivedWhenDue;
    }

    public void ClientWasLate(TimeSpan late)
    {
        ClientLate = late;
        Server?.ClientWasLate(late);
    }

    /// <summary>No byte of it will leave, unless they have.</summary>
    public void TakeBack() => Interlocked.CompareExchange(ref _bytes, TakenBack, Held);

    /// <summary>The server has said that it did not run it, although its bytes left.</summary>
    public void Refuse() => Volatile.Write(ref _bytes, TakenBack);

    /// <summary>That the client was late, for messages; empty when it was not.</summary>
    public string LateInWords() => ClientLate == TimeSpan.Zero ? "" : FormattableString.Invariant(
        $"; the client itself was {ClientLate.TotalMilliseconds:0} ms late to look, so this does not count against the server (are its threads blocked?)");

    /// <summary>Makes it as good as new, for another attempt.</summary>
    protected void Reset(Server server)
    {
        Server = server;
        Number = 0;
        StartedAfter = default;
        Replay = false;
        Ticket = CircuitBreaker.NoTicket;
        Connection = null;
        Connected = false;
        Lost = false;
        Ended = false;
        HasNews = false;
        ClientLate = default;
        _receivedWhenDue = NotAsked;
        Earlier = null;
        Volatile.Write(ref _bytes, Held);
    }
}
