using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Json;

/// <summary>Writes an exception as one text with its type and message, for a log. It cannot be read back, and says so.</summary>
public sealed class ExceptionConverter : JsonConverter<Exception>
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeof(Exception).IsAssignableFrom(typeToConvert);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override Exception Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("An exception is written to JSON as a text for a log; it cannot be read back.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Exception value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue($"{value.GetType().Name}: {value.Message}");
    }
}
