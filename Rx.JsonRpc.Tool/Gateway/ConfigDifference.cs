using System.Text.Json.Nodes;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>Finds the members in which two configuration files differ.</summary>
internal static class ConfigDifference
{
    /// <summary>The paths of the members that differ, but for the servers of pools that both have.</summary>
    public static IEnumerable<string> Paths(JsonNode? before, JsonNode? after) => Paths(before, after, []);

    private static IEnumerable<string> Paths(JsonNode? before, JsonNode? after, string[] path)
    {
        if (path is ["pools", _, "servers"] || JsonNode.DeepEquals(before, after)) return [];
        if (before is not JsonObject old || after is not JsonObject now) return [$"$.{string.Join('.', path)}"];
        return old.Select(member => member.Key).Union(now.Select(member => member.Key))
            .SelectMany(name => Paths(old[name], now[name], [.. path, name]));
    }
}
