using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc.Protocol;

/// <summary>Stands in for the type information of <see cref="RawJson"/>, which no serializer ever writes or reads: it passes untouched.</summary>
internal static class RawJsonTypeInfo
{
    public static JsonTypeInfo<RawJson> Instance { get; } =
        JsonMetadataServices.CreateValueInfo<RawJson>(new JsonSerializerOptions(), new Converter());

    private sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return RawJson.Parse(document.RootElement.GetRawText());
        }

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
        {
            if (value.IsEmpty) writer.WriteNullValue();
            else writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
        }
    }
}
