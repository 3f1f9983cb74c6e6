using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

/// <summary>The servers of one priority. It never changes; when they do, another group takes its place.</summary>
public sealed class ServerGroup
{
    private readonly int[] _weights;
    private readonly RoundRobinTurns<Server> _turns;

    private ServerGroup(int priority, Server[] servers, int[] weights, long lastTurn, ServerServices services)
    {
        Priority = priority;
        Servers = servers;
        _weights = weights;
        _turns = new RoundRobinTurns<Server>(servers, weights, lastTurn);
        InTurn = services.Options switch
        {
            { Balancing: Balancing.LeastInFlight } options =>
                servers.TwoRandomChoices(server => server.Load, server => SlowStart.Weight(server, services), options.Random),
            { SlowStart: var slow } when slow > TimeSpan.Zero => new SlowStart(servers, _turns, services),
            _ => _turns,
        };
    }

    /// <summary>The priority; a higher number is tried first.</summary>
    public int Priority { get; }

    /// <summary>The servers, in the order in which they were named; later ones behind.</summary>
    public IReadOnlyList<Server> Servers { get; }

    /// <summary>Every server once; which one is first, <see cref="JsonRpcClientOptions.Balancing"/> says at each enumeration.</summary>
    public IEnumerable<Server> InTurn { get; }

    /// <summary>Groups servers, the highest priority first; a group of before that still holds is kept, and every turn goes on.</summary>
    internal static ServerGroup[] Of(IEnumerable<Server> servers, IReadOnlyList<ServerGroup> before, ServerServices services) =>
        [.. servers.GroupBy(server => server.Address.Priority)
                   .OrderByDescending(group => group.Key)
                   .Select(group => Next(group.Key, [.. group], before.FirstOrDefault(old => old.Priority == group.Key), services))];

    private static ServerGroup Next(int priority, Server[] servers, ServerGroup? before, ServerServices services)
    {
        int[] weights = [.. servers.Select(server => server.Address.Weight)];
        if (before is not null && before.Servers.SequenceEqual(servers) && before._weights.SequenceEqual(weights)) return before;
        return new ServerGroup(priority, servers, weights, before?._turns.LastTurn ?? -1, services);
    }
}
