using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc;

/// <summary>The one place where JSON types are read by reflection, so that trimming and Native AOT know whom to warn.</summary>
internal static class ReflectedJson
{
    private static JsonSerializerOptions? _options;

    [RequiresUnreferencedCode("Reads and writes the type by reflection.")]
    [RequiresDynamicCode("Reads and writes the type by reflection.")]
    public static JsonTypeInfo<T> Of<T>()
    {
        _options ??= new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            MaxDepth = RawJson.MaxDepth,
        };
        return (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T));
    }
}
