using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Rx.JsonRpc.Kamailio;

/// <summary>A <c>server</c> of <c>janssonrpcc</c>: <c>conn=user;addr=127.0.0.1;port=9101;priority=1;weight=2</c>.</summary>
/// <param name="Conn">The connection group that scripts name.</param>
/// <param name="Address">The server, its priority still as it was written.</param>
/// <param name="Lost">What could not be taken over, in words.</param>
internal readonly record struct JanssonServer(string Conn, ServerAddress Address, IReadOnlyList<string> Lost)
{
    public static bool TryParse(string text, out JanssonServer server, [NotNullWhen(false)] out string? fault)
    {
        server = default;
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string item in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = item.IndexOf('=');
            members[equals < 0 ? item : item[..equals]] = equals < 0 ? "" : item[(equals + 1)..];
        }
        fault = null;
        if (!members.Remove("conn", out string? conn) || conn.Length == 0) fault = "it has no conn";
        else if (members.TryGetValue("srv", out string? srv)) fault = $"the gateway asks no SRV records; name the servers behind {srv}";
        else if (!members.ContainsKey("addr") || !members.ContainsKey("port")) fault = "it has no addr or no port";
        if (fault is not null) return false;
        members.Remove("addr", out string? found);
        members.Remove("port", out string? port);
        if (!port!.All(char.IsAsciiDigit))
        {
            fault = $"its port is '{port}'; expected a number";
            return false;
        }
        string addr = found!;
        string host = addr.Contains(':') && !addr.StartsWith('[') ? $"[{addr}]" : addr;
        int weight = Number(members, "weight", 1);
        string list = string.Create(CultureInfo.InvariantCulture, $"{host}:{port},{Number(members, "priority", 0)},{Math.Max(1, weight)}");
        if (!ServerList.TryParse(list, out IReadOnlyList<ServerAddress> servers, out fault)) return false;
        IEnumerable<string> lost = members.Select(member => $"'{member.Key}={member.Value}' was not taken over");
        if (weight < 1) lost = lost.Append($"weight {weight} became 1: each server gets its turns");
        server = new JanssonServer(conn!, servers[0], [.. lost]);
        return true;
    }

    /// <summary>Reads <c>retry_codes</c>, whose ranges may begin with either end.</summary>
    public static bool TryParseCodes(string text, [NotNullWhen(true)] out ErrorCodes? codes)
    {
        IEnumerable<string> ordered = text.Split(',', StringSplitOptions.TrimEntries).Select(part =>
        {
            string[] ends = part.Split("..", StringSplitOptions.TrimEntries);
            bool isRange = ends.Length == 2 && int.TryParse(ends[0], CultureInfo.InvariantCulture, out _) && int.TryParse(ends[1], CultureInfo.InvariantCulture, out _);
            return isRange ? string.Join("..", ends.OrderBy(end => int.Parse(end, CultureInfo.InvariantCulture))) : part;
        });
        return ErrorCodes.TryParse(string.Join(", ", ordered), out codes, out _);
    }

    /// <summary>Takes a number out; what is none stays, and is told.</summary>
    private static int Number(Dictionary<string, string> members, string name, int usual)
    {
        if (!members.TryGetValue(name, out string? text) || !int.TryParse(text, CultureInfo.InvariantCulture, out int number)) return usual;
        members.Remove(name);
        return number;
    }
}
