namespace Rx.JsonRpc.Servers;

/// <summary>An attempt while it runs. The one-try request notes here whether its bytes left; the trail closes it.</summary>
internal class AttemptRecord
{
    public AttemptRecord(Server server, int number = 0, TimeSpan startedAfter = default)
    {
        Server = server;
        Number = number;
        StartedAfter = startedAfter;
    }

    public Server Server { get; }

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

    /// <summary>Set when it has ended; a ticket that is given later would be kept by nobody.</summary>
    public bool Ended { get; set; }

    /// <summary>The attempt under way that began before it; the trail's own.</summary>
    public AttemptRecord? Earlier { get; set; }

    public Written Written { get; set; }
}
