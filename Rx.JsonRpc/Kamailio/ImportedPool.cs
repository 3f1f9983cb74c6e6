namespace Rx.JsonRpc.Kamailio;

/// <summary>What a pool of the gateway takes over from the parameters of Kamailio's modules.</summary>
internal sealed class ImportedPool
{
    private readonly HashSet<string> _known = [];

    public List<ServerAddress> Servers { get; } = [];

    /// <summary>Null to leave it at its default.</summary>
    public int? MaxConnectionAttempts { get; set; }

    /// <summary>Null to leave it at its default.</summary>
    public ErrorCodes? RetryOn { get; set; }

    /// <returns>False when the pool has that server already.</returns>
    public bool TryAdd(ServerAddress server)
    {
        bool isNew = _known.Add(server.Identity);
        if (isNew) Servers.Add(server);
        return isNew;
    }

    /// <summary>
    /// Turns the priorities around within their own range: <c>janssonrpcc</c> tries the lowest first, as DNS SRV does.
    /// </summary>
    public void ReversePriorities()
    {
        if (Servers.Count == 0) return;
        int sum = Servers.Min(server => server.Priority) + Servers.Max(server => server.Priority);
        for (int i = 0; i < Servers.Count; i++) Servers[i] = Servers[i] with { Priority = sum - Servers[i].Priority };
    }
}
