using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rx.JsonRpc;

/// <summary>
/// Reads the server list that Kamailio's <c>jsonrpcc</c> takes in its <c>servers</c> parameter:
/// <c>host1:port1,priority1 host2:port2,priority2</c>, with an optional weight after the priority.
/// </summary>
/// <remarks>
/// Items are separated by white space. IPv6 addresses stand in brackets (<c>[::1]:9999</c>);
/// <c>unix:/run/x.sock</c> names a Unix domain socket. A missing priority is 0, a missing weight 1.
/// </remarks>
public static class ServerList
{
    private const string UnixPrefix = "unix:";
    private const string Separator = "several servers are separated by spaces";

    /// <summary>Reads a server list.</summary>
    /// <param name="servers">The list.</param>
    /// <returns>The servers, in the order in which they stand.</returns>
    /// <exception cref="FormatException">Names the bad item, its position and what was expected.</exception>
    public static IReadOnlyList<ServerAddress> Parse(string servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        return TryParse(servers, out IReadOnlyList<ServerAddress> list, out string? error) ? list : throw new FormatException(error);
    }

    /// <summary>Reads a server list without throwing.</summary>
    /// <param name="servers">The list.</param>
    /// <param name="list">The servers in order; empty when the text is faulty.</param>
    /// <param name="error">What is wrong and where; null when nothing is.</param>
    /// <returns>Whether the whole text could be read.</returns>
    public static bool TryParse(string? servers, out IReadOnlyList<ServerAddress> list, [NotNullWhen(false)] out string? error)
    {
        list = [];
        var read = new List<ServerAddress>();
        var seen = new Dictionary<string, int>();
        foreach ((string item, int position) in Items(servers ?? ""))
        {
            string where = $"server {read.Count + 1} at position {position} ('{item}')";
            if (!TryParseItem(item, out ServerAddress? server, out string? fault))
            {
                error = $"{where}: {fault}";
                return false;
            }
            if (!seen.TryAdd(server.Identity, read.Count + 1))
            {
                error = $"{where}: {server} is already server {seen[server.Identity]}; name each server once";
                return false;
            }
            read.Add(server);
        }
        error = read.Count == 0 ? "the server list is empty; expected host:port[,priority[,weight]], several separated by spaces" : null;
        list = read;
        return error is null;
    }

    private static IEnumerable<(string Item, int Position)> Items(string servers)
    {
        int start = -1;
        for (int i = 0; i <= servers.Length; i++)
        {
            bool separates = i == servers.Length || char.IsWhiteSpace(servers[i]);
            if (!separates && start < 0)
            {
                start = i;
            }
            else if (separates && start >= 0)
            {
                yield return (servers[start..i], start);
                start = -1;
            }
        }
    }

    private static bool TryParseItem(string item, [NotNullWhen(true)] out ServerAddress? server, [NotNullWhen(false)] out string? fault)
    {
        server = null;
        string[] parts = item.Split(',');
        // What follows a comma and has a colon is the next server, from a list as other programs write it.
        bool isTwo = parts.Skip(1).Any(part => part.Contains(':')) || (parts[0].Contains(';') && !IsUnix(parts[0]));
        if (isTwo)
        {
            fault = $"{Separator}; expected host:port[,priority[,weight]]";
            return false;
        }
        if (!TryParseEndPoint(parts[0], out EndPoint? endPoint, out fault)) return false;
        int priority = 0;
        int weight = 1;
        if (parts.Length > 1 && !TryParseInteger(parts[1], out priority))
        {
            fault = $"priority '{parts[1]}' is not a whole number";
        }
        else if (parts.Length > 2 && !TryParseInteger(parts[2], out weight))
        {
            fault = $"weight '{parts[2]}' is not a whole number";
        }
        else if (weight < 1)
        {
            fault = FormattableString.Invariant($"weight {weight} is below 1");
        }
        else if (parts.Length > 3)
        {
            fault = $"'{parts[3]}' follows the weight; expected host:port[,priority[,weight]]";
        }
        if (fault is not null) return false;
        server = new ServerAddress(endPoint, priority, weight);
        return true;
    }

    internal static bool TryParseEndPoint(string text, [NotNullWhen(true)] out EndPoint? endPoint, [NotNullWhen(false)] out string? fault)
    {
        endPoint = null;
        fault = null;
        if (IsUnix(text))
        {
            return TryParseUnix(text[UnixPrefix.Length..], out endPoint, out fault);
        }
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            fault = $"'{text[..scheme]}://' is not supported; expected host:port, [ipv6]:port or unix:/path";
            return false;
        }
        int colon = text.LastIndexOf(':');
        if (colon < 0 || text.EndsWith(']'))
        {
            fault = "the port is missing; expected host:port";
            return false;
        }
        string host = text[..colon];
        string portText = text[(colon + 1)..];
        if (!TryParseInteger(portText, out int port))
        {
            fault = $"port '{portText}' is not a whole number";
        }
        else if (port is < 1 or > IPEndPoint.MaxPort)
        {
            fault = FormattableString.Invariant($"port {port} is not in 1..{IPEndPoint.MaxPort}");
        }
        return fault is null && TryParseHost(host, port, out endPoint, out fault);
    }

    private static bool TryParseHost(string host, int port, [NotNullWhen(true)] out EndPoint? endPoint, [NotNullWhen(false)] out string? fault)
    {
        endPoint = null;
        fault = null;
        bool bracketed = host.Length >= 2 && host[0] == '[' && host[^1] == ']';
        string bare = bracketed ? host[1..^1] : host;
        if (bare.Length == 0)
        {
            fault = "the host is missing; expected host:port";
        }
        else if (IPAddress.TryParse(bare, out IPAddress? address) && bracketed == bare.Contains(':'))
        {
            // IPAddress also takes the old forms 1 and 0x7f.1 (inet_aton); nobody means those.
            if (bracketed || address.ToString() == bare) endPoint = new IPEndPoint(address, port);
            else fault = $"'{host}' is not an IPv4 address in four decimal parts";
        }
        else if (bracketed || bare.Contains(':'))
        {
            fault = $"'{host}' is not an IPv6 address in brackets; expected [::1]:port";
        }
        else if (Uri.CheckHostName(bare) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
        {
            fault = $"'{host}' is not a host name";
        }
        else
        {
            endPoint = new DnsEndPoint(bare, port);
        }
        return endPoint is not null;
    }

    private static bool IsUnix(string text) => text.StartsWith(UnixPrefix, StringComparison.OrdinalIgnoreCase);

    private static bool TryParseUnix(string path, [NotNullWhen(true)] out EndPoint? endPoint, [NotNullWhen(false)] out string? fault)
    {
        endPoint = null;
        fault = null;
        if (path.Length == 0)
        {
            fault = "the path of the Unix domain socket is missing; expected unix:/path";
            return false;
        }
        try
        {
            endPoint = new UnixDomainSocketEndPoint(path);
            return true;
        }
        catch (ArgumentOutOfRangeException)
        {
            // Linux holds a socket's path in 108 bytes with the closing NUL (unix(7)).
            fault = "the path of the Unix domain socket is longer than the system allows";
            return false;
        }
    }

    private static bool TryParseInteger(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
