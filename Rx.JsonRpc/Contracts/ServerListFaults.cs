namespace Rx.JsonRpc;

/// <summary>What is wrong with a list of servers, wherever it comes from.</summary>
internal static class ServerListFaults
{
    public static IEnumerable<string> In(IReadOnlyList<ServerAddress?> servers, string name)
    {
        var seen = new HashSet<string>();
        for (int i = 0; i < servers.Count; i++)
        {
            ServerAddress? server = servers[i];
            if (server?.EndPoint is null) yield return $"{name}[{i}] has no end point";
            else if (!seen.Add(server.Identity)) yield return $"{name}[{i}] names {server} again";
            if (server?.Weight < 1) yield return $"{name}[{i}].Weight is {server.Weight}; it must be at least 1";
        }
    }
}
