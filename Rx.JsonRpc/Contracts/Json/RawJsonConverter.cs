using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Json;

/// <summary>Writes a <see cref="RawJson"/> inside another type as the JSON that it holds, and reads it back unchanged.</summary>
/// <remarks>
/// <see cref="RawJson"/> carries it, so no options have to name it. The default value is written as <c>null</c>; <c>null</c> is read as
/// the JSON <c>null</c>, for a <c>RawJson?</c> as no value. A member that must stay away when it holds nothing takes
/// <c>[JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]</c>. Comments and trailing commas are refused inside the value, also
/// where the options allow them. Other serializers than System.Text.Json do not use it.
/// </remarks>
public sealed class RawJsonConverter : JsonConverter<RawJson>
{
    /// <inheritdoc/>
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        byte[] json = JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray();
        return RawJson.TryParse(json, out RawJson value, out string? error) ? value : throw new JsonException($"RawJson cannot hold this value: {error}");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.IsEmpty)
        {
            writer.WriteNullValue();
            return;
        }
        int maxDepth = options.MaxDepth == 0 ? RawJson.MaxDepth : options.MaxDepth;
        // The writer does not count what it copies.
        if (JsonDepth.IsDeeper(value.Utf8.Span, maxDepth - writer.CurrentDepth))
        {
            throw new JsonException($"A RawJson {writer.CurrentDepth} levels deep nests the whole deeper than {maxDepth} levels, the MaxDepth of the options.");
        }
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}
