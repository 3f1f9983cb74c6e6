using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Json;

/// <summary>Writes <see cref="ErrorCodes"/> as the text that <see cref="ErrorCodes.Parse"/> reads.</summary>
public sealed class ErrorCodesConverter : JsonConverter<ErrorCodes>
{
    /// <inheritdoc/>
    public override ErrorCodes Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("Error codes are a text such as \"-32603, -32099..-32000\".");
        return ErrorCodes.TryParse(text, out ErrorCodes? codes, out string? error) ? codes : throw new JsonException(error);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ErrorCodes value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue(value.ToString());
    }
}
