using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc.Protocol;

/// <summary>Whether a value nests deeper than <see cref="RawJson.MaxDepth"/> levels, which the other side would refuse.</summary>
internal static class Nesting
{
    /// <summary>Whether a value may come out of the serializer that is too deep; System.Text.Json keeps the bound itself unless told otherwise.</summary>
    public static bool MayBeTooDeep(IJsonRpcSerializer serializer, JsonTypeInfo typeInfo) =>
        serializer is not SystemTextJsonSerializer || typeInfo.Options.MaxDepth > RawJson.MaxDepth;

    /// <param name="json">JSON; what is none is not too deep.</param>
    public static bool IsTooDeep(ReadOnlySpan<byte> json)
    {
        // So deep a text has so many brackets.
        if (json.Length <= 2 * RawJson.MaxDepth) return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= RawJson.MaxDepth && reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject) return true;
            }
        }
        catch (JsonException)
        {
            // Somebody else's matter.
        }
        return false;
    }
}
