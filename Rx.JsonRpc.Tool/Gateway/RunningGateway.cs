using System.Reactive.Subjects;
using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>The gateway and the clients of its pools.</summary>
/// <param name="gateway">The gateway.</param>
/// <param name="pools">The clients.</param>
/// <param name="topologies">Where each client hears of its servers; the value is the list that it has.</param>
internal sealed class RunningGateway(
    EvapiGateway gateway,
    IReadOnlyDictionary<string, JsonRpcClient> pools,
    IReadOnlyDictionary<string, BehaviorSubject<IReadOnlyList<ServerAddress>>> topologies) : IAsyncDisposable
{
    public EvapiGateway Gateway => gateway;

    public IReadOnlyDictionary<string, JsonRpcClient> Pools => pools;

    public IEnumerable<(string Pool, Server Server)> Servers =>
        from pool in pools
        from serverGroup in pool.Value.Groups
        from server in serverGroup.Servers
        select (pool.Key, server);

    /// <summary>Gives a pool other servers. Those that stay keep their connections; those that are gone answer what they were asked.</summary>
    /// <returns>False when there is no such pool, or it has these servers already.</returns>
    public bool TryChange(string pool, IReadOnlyList<ServerAddress> servers)
    {
        if (!topologies.TryGetValue(pool, out BehaviorSubject<IReadOnlyList<ServerAddress>>? topology) || topology.Value.SequenceEqual(servers)) return false;
        topology.OnNext(servers);
        return true;
    }

    /// <summary>The gateway first: what is in flight needs its clients.</summary>
    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync().ConfigureAwait(false);
        foreach (JsonRpcClient client in pools.Values) await client.DisposeAsync().ConfigureAwait(false);
    }
}
