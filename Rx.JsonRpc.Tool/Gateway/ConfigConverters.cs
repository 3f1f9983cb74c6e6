using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rx.JsonRpc.Tool.Input;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>A value of the file, that says what it expected when it finds something else.</summary>
internal abstract class ConfigConverter<T>(string expected) : JsonConverter<T>
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            string found = Found(reader);
            return TryRead(ref reader, out T? value, out string? fault) ? value : throw new JsonException(fault ?? $"is {found}; expected {expected}");
        }
        catch (InvalidOperationException)
        {
            // What the reader says of a text that is not UTF-8, or holds half a surrogate pair.
            throw new JsonException($"is no valid text; expected {expected}");
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw new NotSupportedException();

    protected abstract bool TryRead(ref Utf8JsonReader reader, out T? value, out string? fault);

    private static string Found(in Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => $"the text '{reader.GetString()}'",
        _ => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
    };
}

internal sealed class DurationConverter() : ConfigConverter<TimeSpan>("a duration above zero and of at most a day: \"300ms\", \"2s\", \"1m\", \"1h\" or 500 (milliseconds)")
{
    protected override bool TryRead(ref Utf8JsonReader reader, out TimeSpan value, out string? fault)
    {
        fault = null;
        value = default;
        return reader.TokenType switch
        {
            JsonTokenType.String => Durations.TryParse(reader.GetString()!, out value),
            JsonTokenType.Number => Durations.TryParse(System.Text.Encoding.UTF8.GetString(reader.ValueSpan), out value),
            _ => false,
        };
    }
}

internal sealed class WholeNumberConverter() : ConfigConverter<int>("a whole number")
{
    protected override bool TryRead(ref Utf8JsonReader reader, out int value, out string? fault)
    {
        fault = null;
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out value);
    }
}

internal sealed class NumberConverter() : ConfigConverter<double>("a number")
{
    protected override bool TryRead(ref Utf8JsonReader reader, out double value, out string? fault)
    {
        fault = null;
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out value);
    }
}

internal sealed class SwitchConverter() : ConfigConverter<bool>("true or false")
{
    protected override bool TryRead(ref Utf8JsonReader reader, out bool value, out string? fault)
    {
        fault = null;
        value = reader.TokenType == JsonTokenType.True;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
    }
}

internal sealed class TextConverter() : ConfigConverter<string>("a text that is not empty")
{
    protected override bool TryRead(ref Utf8JsonReader reader, out string? value, out string? fault)
    {
        fault = null;
        value = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return !string.IsNullOrEmpty(value);
    }
}

internal sealed class ReplayConverter() : ConfigConverter<Replay>("\"ifNotWritten\", \"always\" or \"never\"")
{
    protected override bool TryRead(ref Utf8JsonReader reader, out Replay value, out string? fault)
    {
        fault = null;
        value = default;
        return reader.TokenType == JsonTokenType.String && PolicyInput.TryParseReplay(reader.GetString()!, out value);
    }
}

internal sealed class WhenDisconnectedConverter() : ConfigConverter<WhenDisconnected>("\"failFast\" or \"wait\"")
{
    protected override bool TryRead(ref Utf8JsonReader reader, out WhenDisconnected value, out string? fault)
    {
        fault = null;
        string text = reader.TokenType == JsonTokenType.String ? reader.GetString()!.ToLowerInvariant() : "";
        value = text == "wait" ? WhenDisconnected.Wait : WhenDisconnected.FailFast;
        return text is "wait" or "failfast";
    }
}

internal sealed class ErrorCodesConverter() : ConfigConverter<ErrorCodes>("a text of error codes: \"-32603, -32099..-32000\"")
{
    protected override bool TryRead(ref Utf8JsonReader reader, out ErrorCodes? value, out string? fault)
    {
        fault = null;
        value = null;
        return reader.TokenType == JsonTokenType.String && ErrorCodes.TryParse(reader.GetString(), out value, out fault);
    }
}

/// <summary>One text, or an array of texts, each with one or more servers.</summary>
internal sealed class ServersConverter() : ConfigConverter<IReadOnlyList<ServerAddress>>(Expected)
{
    private const string Expected = "a server list: \"host:port,priority,weight ...\", or an array of such texts";

    protected override bool TryRead(ref Utf8JsonReader reader, out IReadOnlyList<ServerAddress>? value, out string? fault)
    {
        fault = null;
        value = null;
        return TryReadTexts(ref reader, out string text) && ServerList.TryParse(text, out value, out fault);
    }

    public static bool TryReadTexts(ref Utf8JsonReader reader, out string text)
    {
        text = "";
        if (reader.TokenType == JsonTokenType.String) text = reader.GetString()!;
        if (reader.TokenType != JsonTokenType.StartArray) return reader.TokenType == JsonTokenType.String;
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String) texts.Add(reader.GetString()!);
        text = string.Join(' ', texts);
        return reader.TokenType == JsonTokenType.EndArray;
    }
}

internal sealed class SocketsConverter() : ConfigConverter<IReadOnlyList<EndPoint>>("an evapi socket: \"127.0.0.1:8448\", or an array of them")
{
    protected override bool TryRead(ref Utf8JsonReader reader, out IReadOnlyList<EndPoint>? value, out string? fault)
    {
        fault = null;
        value = null;
        return ServersConverter.TryReadTexts(ref reader, out string text) && EvapiText.TryParse(text, out value, out fault);
    }
}
