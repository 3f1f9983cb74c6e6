using System.Text.Json;

namespace Rx.JsonRpc.Recording;

/// <summary>The members of one object of a log; says which one is missing or of the wrong kind. Unknown members are passed over.</summary>
internal readonly struct RecordMembers
{
    private readonly JsonElement _object;
    private readonly string _where;

    /// <exception cref="FormatException">It is no object.</exception>
    public RecordMembers(JsonElement element, string where)
    {
        _object = element;
        _where = where;
        if (element.ValueKind != JsonValueKind.Object) throw Fault($"is {Kind(element)}; expected an object");
    }

    public FormatException Fault(string what) => new(_where + what);

    /// <summary>What the reading finds wrong is told with the place of this object.</summary>
    public T Checked<T>(Func<RecordMembers, T> read)
    {
        try
        {
            return read(new RecordMembers(_object, ""));
        }
        catch (FormatException fault)
        {
            throw Fault(fault.Message);
        }
    }

    public string Text(string name)
    {
        JsonElement value = Required(name);
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, value, "a string");
        return text.Length > 0 ? text : throw Fault($"{name} is empty");
    }

    public double Number(string name)
    {
        JsonElement value = Required(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number : throw Wrong(name, value, "a number");
    }

    public JsonElement Array(string name)
    {
        JsonElement value = Required(name);
        return value.ValueKind == JsonValueKind.Array ? value : throw Wrong(name, value, "an array");
    }

    public bool Flag(string name, bool otherwise) => Optional(name) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(name, value, "true or false"),
    };

    public int? Integer(string name) => Optional(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int number) => number,
        { } value => throw Wrong(name, value, "a whole number"),
    };

    private JsonElement? Optional(string name) =>
        _object.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private JsonElement Required(string name) => Optional(name) ?? throw Fault($"{name} is missing");

    private FormatException Wrong(string name, JsonElement value, string expected) => Fault($"{name} is {Kind(value)}; expected {expected}");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {value.GetRawText()}",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
