using System.Text.Json;

namespace Rx.JsonRpc;

/// <summary>How deeply JSON nests.</summary>
internal static class JsonDepth
{
    /// <summary>Whether it nests deeper than so many levels.</summary>
    /// <param name="json">JSON; what is none is not too deep.</param>
    /// <param name="levels">How many it may have.</param>
    public static bool IsDeeper(ReadOnlySpan<byte> json, int levels)
    {
        // So deep a text has so many brackets.
        if (json.Length <= 2 * levels) return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= levels && reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject) return true;
            }
        }
        catch (JsonException)
        {
            // Somebody else's matter.
        }
        return false;
    }
}
