namespace Rx.JsonRpc;

/// <summary>The servers of one priority.</summary>
public sealed class ServerGroup
{
    internal ServerGroup(int priority, IReadOnlyList<Server> servers)
    {
        Priority = priority;
        Servers = servers;
        InTurn = servers.RoundRobin(server => server.Address.Weight);
    }

    /// <summary>The priority; a higher number is tried first.</summary>
    public int Priority { get; }

    /// <summary>The servers, in the order in which they were named.</summary>
    public IReadOnlyList<Server> Servers { get; }

    /// <summary>Every server once; each enumeration starts one turn further, by weight.</summary>
    public IEnumerable<Server> InTurn { get; }

    /// <summary>Groups servers, the highest priority first.</summary>
    internal static ServerGroup[] Of(IEnumerable<Server> servers) =>
        [.. servers.GroupBy(server => server.Address.Priority)
                   .OrderByDescending(group => group.Key)
                   .Select(group => new ServerGroup(group.Key, [.. group]))];
}
