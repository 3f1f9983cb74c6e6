using System.Net;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>One row of the comparison: a client with one connection that asks the same of the same server as all others.</summary>
internal interface ILoad : IAsyncDisposable
{
    /// <summary>The row's name in the table and in the JSON.</summary>
    string Name { get; }

    /// <summary>Keeps that many requests in flight until the run is over, and fails as soon as one does.</summary>
    Task RunAsync(LoadRun run, int inFlight);
}

/// <summary>Where the server listens: the second is the backup group's, and takes no request.</summary>
internal sealed record ServerPorts(int First, int Backup)
{
    public IPEndPoint EndPoint => new(IPAddress.Loopback, First);

    public IPEndPoint BackupEndPoint => new(IPAddress.Loopback, Backup);
}
