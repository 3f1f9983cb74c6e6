using System.Net;

namespace Rx.JsonRpc.Bench.Rolling;

/// <summary>A server that answers <c>slow</c>, until it is stopped as one stops a server that works.</summary>
internal interface IRollingServer
{
    EndPoint EndPoint { get; }

    Task StopAsync();
}
