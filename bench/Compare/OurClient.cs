namespace Rx.JsonRpc.Bench.Compare;

/// <summary>The client of the rows that run on this library: two groups, all options as they come.</summary>
internal static class OurClient
{
    public static JsonRpcClient Connect(ServerPorts ports) => new(new JsonRpcClientOptions
    {
        Servers = [new ServerAddress(ports.EndPoint, Priority: 2), new ServerAddress(ports.BackupEndPoint, Priority: 1)],
    });
}
