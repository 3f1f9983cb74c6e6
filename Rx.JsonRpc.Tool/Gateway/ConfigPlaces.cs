using System.Text.Json;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>Finds the lines of members in the file, so that a fault can say where it is.</summary>
internal static class ConfigPlaces
{
    /// <summary>The line, from 1, of a member that is there.</summary>
    public static int LineOf(ReadOnlySpan<byte> json, IReadOnlyList<string> path)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        int found = 0;
        while (found < path.Count && reader.Read())
        {
            // Depth 1 is the file's own object.
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != found + 1) continue;
            if (reader.ValueTextEquals(path[found])) found++;
        }
        return 1 + json[..(int)reader.TokenStartIndex].Count((byte)'\n');
    }
}
