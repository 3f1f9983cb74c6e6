using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Kamailio;

/// <summary>The parameters of an event: JSON as it stands, or a string that holds JSON, in its single-quoted form too.</summary>
internal static class EventParameters
{
    /// <param name="read">The event; its JSON was found to be sound.</param>
    /// <param name="frame">The event's bytes, which live as long as the parameters.</param>
    /// <param name="parameters">The parameters; empty when there are none.</param>
    /// <param name="fault">What is wrong; null when nothing is.</param>
    public static bool TryRead(
        in EvapiEvent read, ReadOnlyMemory<byte> frame, out RawJson parameters, [NotNullWhen(false)] out string? fault)
    {
        parameters = default;
        fault = null;
        if (read.ParamsLength == 0) return true;
        ReadOnlyMemory<byte> value = frame.Slice(read.ParamsStart, read.ParamsLength);
        if (!read.ParamsAreText)
        {
            parameters = RawJson.FromChecked(value);
            return true;
        }
        ReadOnlyMemory<byte> text = Unescape(value);
        if (text.IsEmpty || RawJson.TryParse(text, out parameters, out _)) return true;
        if (SingleQuotedJson.TryParse(System.Text.Encoding.UTF8.GetString(text.Span), out parameters, out string? error)) return true;
        fault = $"params is a string that holds no JSON: {error}";
        return false;
    }

    private static ReadOnlyMemory<byte> Unescape(ReadOnlyMemory<byte> quoted)
    {
        ReadOnlyMemory<byte> text = quoted[1..^1];
        if (!text.Span.Contains((byte)'\\')) return text;
        var json = new Utf8JsonReader(quoted.Span);
        json.Read();
        byte[] unescaped = new byte[text.Length];
        try
        {
            return unescaped.AsMemory(0, json.CopyString(unescaped));
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no text. With its escapes as they are the text is no JSON either, and the fault shows the place.
            return text;
        }
    }
}
