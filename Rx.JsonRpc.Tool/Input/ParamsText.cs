using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Tool.Input;

/// <summary>Reads PARAMS: a JSON object or array, in Kamailio's single quotes too.</summary>
internal static class ParamsText
{
    public static RawJson Read(ArgumentResult argument)
    {
        if (argument.Tokens.Count == 0) return default;
        bool read = TryParse(argument.Tokens[0].Value, out RawJson parameters, out string? error);
        if (!read) argument.AddError(error!);
        return parameters;
    }

    public static bool TryParse(string text, out RawJson parameters, [NotNullWhen(false)] out string? error)
    {
        if (!SingleQuotedJson.TryParse(text, out parameters, out error))
        {
            error = $"PARAMS is not JSON: {error}";
            return false;
        }
        var reader = new Utf8JsonReader(parameters.Utf8.Span);
        reader.Read();
        string? scalar = reader.TokenType switch
        {
            JsonTokenType.StartObject or JsonTokenType.StartArray => null,
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            JsonTokenType.Null => "null",
            _ => "a boolean",
        };
        if (scalar is null) return true;
        error = $"PARAMS is {scalar}; expected an object {{...}} or an array [...]: one value alone is written [{text.Trim()}]";
        parameters = default;
        return false;
    }
}
