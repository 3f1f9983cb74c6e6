using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Json;

/// <summary>On a type whose properties do not make up its value: System.Text.Json refuses it, where it would write something else.</summary>
public sealed class RefusedConverter : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => true;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException($"{typeToConvert} cannot be written to JSON or read from it; copy what is needed into a type of your own.");
}
