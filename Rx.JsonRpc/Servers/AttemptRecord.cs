namespace Rx.JsonRpc.Servers;

/// <summary>An attempt while it runs. The one-try request notes here whether its bytes left; the trail closes it.</summary>
internal sealed class AttemptRecord
{
    public AttemptRecord(ServerAddress server, int number, TimeSpan startedAfter)
    {
        Server = server;
        Number = number;
        StartedAfter = startedAfter;
    }

    public ServerAddress Server { get; }

    public int Number { get; }

    public TimeSpan StartedAfter { get; }

    /// <summary>Whether the client's retry budget paid for it.</summary>
    public bool Replay { get; init; }

    public Written Written { get; set; }
}
