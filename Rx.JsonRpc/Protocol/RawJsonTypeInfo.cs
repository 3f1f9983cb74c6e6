using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>Stands in for the type information of <see cref="RawJson"/>, which no serializer ever writes or reads: it passes untouched.</summary>
internal static class RawJsonTypeInfo
{
    public static JsonTypeInfo<RawJson> Instance { get; } =
        JsonMetadataServices.CreateValueInfo<RawJson>(new JsonSerializerOptions(), new RawJsonConverter());
}
