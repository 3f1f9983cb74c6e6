using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>The gateway and the clients of its pools.</summary>
internal sealed class RunningGateway(EvapiGateway gateway, IReadOnlyDictionary<string, JsonRpcClient> pools) : IAsyncDisposable
{
    public EvapiGateway Gateway => gateway;

    public IReadOnlyDictionary<string, JsonRpcClient> Pools => pools;

    public IEnumerable<(string Pool, Server Server)> Servers =>
        from pool in pools
        from serverGroup in pool.Value.Groups
        from server in serverGroup.Servers
        select (pool.Key, server);

    /// <summary>The gateway first: what is in flight needs its clients.</summary>
    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync().ConfigureAwait(false);
        foreach (JsonRpcClient client in pools.Values) await client.DisposeAsync().ConfigureAwait(false);
    }
}
