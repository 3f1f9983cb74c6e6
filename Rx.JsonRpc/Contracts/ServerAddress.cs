using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc;

/// <summary>One JSON-RPC server: where it listens, and how it ranks among the others.</summary>
/// <param name="EndPoint">
/// An <see cref="IPEndPoint"/>, a <see cref="DnsEndPoint"/> (all its addresses are tried) or a <see cref="UnixDomainSocketEndPoint"/>.
/// </param>
/// <param name="Priority">A <b>higher</b> number is tried first, as in Kamailio's <c>jsonrpcc</c>. Servers of one priority form a group.</param>
/// <param name="Weight">The server's share of its group's turns; at least 1.</param>
public sealed record ServerAddress([property: JsonConverter(typeof(EndPointConverter))] EndPoint EndPoint, int Priority = 0, int Weight = 1)
{
    /// <summary>The same for two addresses that lead to the same place: host names do not care about case, paths do.</summary>
    internal string Identity => EndPoint is DnsEndPoint ? ToString().ToLowerInvariant() : ToString();

    /// <summary>The address as it is written in a server list, without priority and weight: <c>host:port</c> or <c>unix:/path</c>.</summary>
    /// <returns>The text that log lines and error messages use.</returns>
    public override string ToString() => EndPoint switch
    {
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        UnixDomainSocketEndPoint unix => $"unix:{unix}",
        _ => EndPoint?.ToString() ?? "(no end point)",
    };
}
