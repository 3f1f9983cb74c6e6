using System.Globalization;
using System.Text.Json;

namespace Rx.JsonRpc.Tool.Serving;

/// <summary>The parameters of a call, found by name in an object or by position in an array.</summary>
internal readonly struct CallArguments(string method, RawJson parameters)
{
    public decimal Number(string name, int position)
    {
        if (Find(name, position) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out decimal number)) return number;
        throw Misfit($"{method} expects '{name}', a number, by name or at position {position + 1}");
    }

    public int Whole(string name, int position, int least, int most, int? usual = null)
    {
        JsonElement? value = Find(name, position);
        if (value is null && usual is { } given) return given;
        if (value is { ValueKind: JsonValueKind.Number } element && element.TryGetInt32(out int number))
        {
            if (number >= least && number <= most) return number;
        }
        string range = string.Create(CultureInfo.InvariantCulture, $"{least}..{most}");
        throw Misfit($"{method} expects '{name}', a whole number in {range}, by name or at position {position + 1}");
    }

    public string Text(string name, int position, string usual) => Find(name, position) switch
    {
        null => usual,
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        _ => throw Misfit($"{method} expects '{name}', a string, by name or at position {position + 1}"),
    };

    /// <summary>Any JSON; empty when there is none.</summary>
    public RawJson Json(string name, int position) => Find(name, position) is { } value ? RawJson.Parse(value.GetRawText()) : default;

    private static ErrorReplyException Misfit(string message) => new(new JsonRpcError(JsonRpcError.InvalidParams, message));

    private JsonElement? Find(string name, int position)
    {
        if (parameters.IsEmpty) return null;
        using JsonDocument document = JsonDocument.Parse(parameters.Utf8);
        JsonElement root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array) return position < root.GetArrayLength() ? root[position].Clone() : null;
        return root.TryGetProperty(name, out JsonElement value) ? value.Clone() : null;
    }
}
