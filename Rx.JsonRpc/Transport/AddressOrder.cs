using System.Net;
using System.Net.Sockets;

namespace Rx.JsonRpc.Transport;

/// <summary>In which order the addresses of one host are tried.</summary>
internal static class AddressOrder
{
    /// <summary>IPv6 and IPv4 in turn, IPv6 first; inside a family the resolver's order stands (RFC 8305, section 4).</summary>
    /// <param name="addresses">What the resolver gave.</param>
    /// <returns>Each address once.</returns>
    public static IReadOnlyList<IPAddress> Interleave(IEnumerable<IPAddress> addresses)
    {
        ILookup<bool, IPAddress> families = addresses.Distinct().ToLookup(address => address.AddressFamily == AddressFamily.InterNetworkV6);
        IPAddress[] six = [.. families[true]];
        IPAddress[] four = [.. families[false]];
        var ordered = new List<IPAddress>(six.Length + four.Length);
        for (int i = 0; i < Math.Max(six.Length, four.Length); i++)
        {
            if (i < six.Length) ordered.Add(six[i]);
            if (i < four.Length) ordered.Add(four[i]);
        }
        return ordered;
    }
}
