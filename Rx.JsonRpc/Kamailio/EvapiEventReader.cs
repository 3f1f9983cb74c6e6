using System.Globalization;
using System.Text.Json;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Kamailio;

/// <summary>
/// Reads one event. Of a member that comes twice the first counts: what a script puts in front cannot be overwritten by a value from the
/// network behind it that has broken out of its quotes. What was read before the place where the JSON ends to be JSON is kept, so that
/// the transaction can still be resumed.
/// </summary>
internal ref struct EvapiEventReader
{
    /// <summary>The longest name of a method, a route or a pool.</summary>
    public const int MaxNameChars = 256;

    private const long MaxTimeoutMs = 24 * 60 * 60 * 1000;
    private const long MaxDeadlineMs = 253_402_300_799_999;
    private const int MaxDigits = 20;

    private readonly ReadOnlySpan<byte> _frame;
    private readonly NameCache _names;
    private EvapiEvent _event;
    private Members _seen;

    private EvapiEventReader(ReadOnlySpan<byte> frame, NameCache names)
    {
        _frame = frame;
        _names = names;
    }

    [Flags]
    private enum Members
    {
        None,
        Version = 1,
        Event = 2,
        Index = 4,
        Label = 8,
        Method = 16,
        Params = 32,
        ReturnRoute = 64,
        ErrorRoute = 128,
        Servers = 256,
        Timeout = 512,
        Deadline = 1024,
        Idempotent = 2048,
        Details = 4096,
        Token = 8192,
    }

    public static EvapiEvent Read(ReadOnlySpan<byte> frame, NameCache names)
    {
        var reader = new EvapiEventReader(frame, names);
        reader.ReadAll();
        reader.Check();
        return reader._event;
    }

    private void ReadAll()
    {
        if (!System.Text.Unicode.Utf8.IsValid(_frame)) Fault("the event is not UTF-8");
        var json = new Utf8JsonReader(_frame, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
            {
                Fault("the event is not a JSON object");
                return;
            }
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName) ReadMember(ref json);
            json.Read();
        }
        catch (JsonException fault)
        {
            Fault(_frame.IsEmpty ? "the event is empty" : $"the event is not JSON: {RawJson.Describe(fault)}");
        }
    }

    private void ReadMember(ref Utf8JsonReader json)
    {
        Members member = MemberAt(ref json);
        json.Read();
        bool isNew = member != Members.None && (_seen & member) == 0;
        _seen |= member;
        int start = (int)json.TokenStartIndex;
        if (isNew) ReadValue(ref json, member);
        if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) json.Skip();
        // Only now is the value known to be whole.
        if (isNew && member == Members.Params) KeepParams(ref json, start);
    }

    private static Members MemberAt(ref Utf8JsonReader json)
    {
        if (JsonStrings.IsAt(ref json, "event"u8)) return Members.Event;
        if (JsonStrings.IsAt(ref json, "index"u8)) return Members.Index;
        if (JsonStrings.IsAt(ref json, "label"u8)) return Members.Label;
        if (JsonStrings.IsAt(ref json, "token"u8)) return Members.Token;
        if (JsonStrings.IsAt(ref json, "method"u8)) return Members.Method;
        if (JsonStrings.IsAt(ref json, "params"u8)) return Members.Params;
        if (JsonStrings.IsAt(ref json, "return_route"u8)) return Members.ReturnRoute;
        if (JsonStrings.IsAt(ref json, "error_route"u8)) return Members.ErrorRoute;
        if (JsonStrings.IsAt(ref json, "servers"u8)) return Members.Servers;
        if (JsonStrings.IsAt(ref json, "timeout"u8)) return Members.Timeout;
        if (JsonStrings.IsAt(ref json, "deadline"u8)) return Members.Deadline;
        if (JsonStrings.IsAt(ref json, "idempotent"u8)) return Members.Idempotent;
        if (JsonStrings.IsAt(ref json, "details"u8)) return Members.Details;
        return JsonStrings.IsAt(ref json, "v"u8) ? Members.Version : Members.None;
    }

    private void ReadValue(ref Utf8JsonReader json, Members member)
    {
        switch (member)
        {
            case Members.Version:
                if (Integer(ref json, "v", 1, 1) is null) Fault("this gateway speaks version 1");
                break;
            case Members.Event:
                _event.Kind = JsonStrings.IsAt(ref json, "request"u8) ? EvapiEventKind.Request
                    : JsonStrings.IsAt(ref json, "notify"u8) ? EvapiEventKind.Notify
                    : EvapiEventKind.Unknown;
                break;
            case Members.Index:
                _event.Index = (uint?)Integer(ref json, "index", 0, uint.MaxValue);
                break;
            case Members.Label:
                _event.Label = (uint?)Integer(ref json, "label", 0, uint.MaxValue);
                break;
            case Members.Token:
                _event.Token = Integer(ref json, "token", long.MinValue, long.MaxValue);
                break;
            case Members.Method:
                _event.Method = Name(ref json, "method");
                break;
            case Members.ReturnRoute:
                _event.ReturnRoute = Name(ref json, "return_route");
                break;
            case Members.ErrorRoute:
                _event.ErrorRoute = Name(ref json, "error_route");
                break;
            case Members.Servers:
                _event.Pool = Name(ref json, "servers");
                break;
            case Members.Timeout:
                _event.TimeoutMs = Integer(ref json, "timeout", 1, MaxTimeoutMs);
                break;
            case Members.Deadline:
                _event.DeadlineMs = Integer(ref json, "deadline", 0, MaxDeadlineMs);
                break;
            case Members.Idempotent:
                _event.Idempotent = Flag(ref json, "idempotent");
                break;
            case Members.Details:
                _event.Details = Flag(ref json, "details");
                break;
        }
    }

    private void KeepParams(ref Utf8JsonReader json, int start)
    {
        if (json.TokenType == JsonTokenType.Null) return;
        _event.ParamsAreText = json.TokenType == JsonTokenType.String;
        _event.ParamsStart = start;
        _event.ParamsLength = (int)json.BytesConsumed - start;
    }

    private string? Name(ref Utf8JsonReader json, string member)
    {
        // Escapes and UTF-8 take at least as many bytes as they give characters.
        Span<char> name = stackalloc char[MaxNameChars];
        if (json.TokenType == JsonTokenType.String && json.ValueSpan.Length <= MaxNameChars)
        {
            try
            {
                ReadOnlySpan<char> text = name[..json.CopyString(name)];
                // Kamailio's own JSON reader takes no NUL, so it could never read the answer that names it.
                if (!text.Contains('\0')) return _names.Of(text);
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair, or not UTF-8.
            }
        }
        Fault($"{member} must be a text of at most {MaxNameChars} bytes");
        return null;
    }

    private long? Integer(ref Utf8JsonReader json, string member, long least, long most)
    {
        long value = -1;
        Span<char> digits = stackalloc char[MaxDigits];
        bool read = json.TokenType switch
        {
            JsonTokenType.Number => json.TryGetInt64(out value),
            // Scripts put pseudo-variables between quotes.
            JsonTokenType.String when json.ValueSpan.Length <= MaxDigits && !json.ValueIsEscaped && System.Text.Ascii.IsValid(json.ValueSpan) =>
                long.TryParse(digits[..json.CopyString(digits)], NumberStyles.None, CultureInfo.InvariantCulture, out value),
            _ => false,
        };
        if (read && value >= least && value <= most) return value;
        Fault($"{member} must be an integer in {least}..{most}");
        return null;
    }

    private bool Flag(ref Utf8JsonReader json, string member)
    {
        if (json.TokenType is not (JsonTokenType.True or JsonTokenType.False)) Fault($"{member} must be true or false");
        return json.TokenType == JsonTokenType.True;
    }

    private void Check()
    {
        if (_event.Kind == EvapiEventKind.Unknown) Fault("event must be \"request\" or \"notify\"");
        if (string.IsNullOrEmpty(_event.Method)) Fault("method is missing");
        if (_event.Kind != EvapiEventKind.Request) return;
        if (_event.Index is null || _event.Label is null) Fault("index or label is missing");
        if (string.IsNullOrEmpty(_event.ReturnRoute)) Fault("return_route is missing");
    }

    private void Fault(string fault) => _event.Fault ??= fault;
}
