using System.IO.Pipelines;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>The client of the rows that run on this library: two groups, all other options as they come.</summary>
internal static class OurClient
{
    public static JsonRpcClient Connect(ServerPorts ports) => Connect(ports, PipeScheduler.ThreadPool);

    public static JsonRpcClient Connect(ServerPorts ports, PipeScheduler continuations) => new(new JsonRpcClientOptions
    {
        Continuations = continuations,
        Servers = [new ServerAddress(ports.EndPoint, Priority: 2), new ServerAddress(ports.BackupEndPoint, Priority: 1)],
    });
}
