using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc.Protocol;

/// <summary>Whether a value nests deeper than <see cref="RawJson.MaxDepth"/> levels, which the other side would refuse.</summary>
internal static class Nesting
{
    /// <summary>Whether a value may come out of the serializer that is too deep; System.Text.Json, its writer and the converter of RawJson keep the bound unless told otherwise.</summary>
    public static bool MayBeTooDeep(IJsonRpcSerializer serializer, JsonTypeInfo typeInfo) =>
        serializer is not SystemTextJsonSerializer || typeInfo.Options.MaxDepth > RawJson.MaxDepth;

    /// <param name="json">JSON; what is none is not too deep.</param>
    public static bool IsTooDeep(ReadOnlySpan<byte> json) => JsonDepth.IsDeeper(json, RawJson.MaxDepth);
}
