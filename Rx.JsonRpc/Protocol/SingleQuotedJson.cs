using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rx.JsonRpc.Protocol;

/// <summary>
/// Reads the single-quoted form of JSON that Kamailio configurations use, <c>{'id': 1234}</c>, by turning its quotes into double ones.
/// </summary>
/// <remarks>Nothing else is loosened: what comes out is checked as JSON like any other text.</remarks>
internal static class SingleQuotedJson
{
    /// <summary>Reads JSON as it stands, or else in its single-quoted form.</summary>
    /// <param name="text">The text.</param>
    /// <param name="json">The JSON; untouched where the text is JSON as it stands.</param>
    /// <param name="error">What is wrong and where; null when nothing is.</param>
    /// <returns>Whether the text is JSON in one of the two forms.</returns>
    public static bool TryParse(string? text, out RawJson json, [NotNullWhen(false)] out string? error)
    {
        if (RawJson.TryParse(text, out json, out error)) return true;
        if (!TryRequote(text ?? "", out string requoted, out int unclosed))
        {
            if (unclosed >= 0) error = $"the string that opens at character {unclosed + 1} with a single quote is not closed";
            return false;
        }
        bool read = RawJson.TryParse(requoted, out json, out string? fault);
        error = read ? null : $"{fault} (read with double quotes as {requoted})";
        return read;
    }

    /// <summary>Turns single-quoted strings into double-quoted ones.</summary>
    /// <param name="text">The text; double-quoted strings in it are left alone, apostrophes in them too.</param>
    /// <param name="requoted">The text with double quotes; empty when there is nothing to turn.</param>
    /// <param name="unclosed">Where the single-quoted string opens that never closes; -1 when all close.</param>
    /// <returns>Whether there was a single-quoted string and all of them close.</returns>
    public static bool TryRequote(string text, out string requoted, out int unclosed)
    {
        requoted = "";
        unclosed = -1;
        var output = new StringBuilder(text.Length + 8);
        bool found = false;
        for (int i = 0; i < text.Length;)
        {
            if (text[i] == '\'')
            {
                found = true;
                int next = Requote(text, i, output);
                if (next < 0)
                {
                    unclosed = i;
                    return false;
                }
                i = next;
            }
            else
            {
                int end = text[i] == '"' ? AfterDoubleQuoted(text, i) : i + 1;
                output.Append(text, i, end - i);
                i = end;
            }
        }
        if (found) requoted = output.ToString();
        return found;
    }

    private static int Requote(string text, int open, StringBuilder output)
    {
        output.Append('"');
        for (int i = open + 1; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\'')
            {
                output.Append('"');
                return i + 1;
            }
            if (c == '"')
            {
                output.Append("\\\"");
            }
            else if (c == '\\' && i + 1 < text.Length)
            {
                // JSON knows no \' and needs none between double quotes; every other escape stays what it was.
                char escaped = text[++i];
                if (escaped != '\'') output.Append('\\');
                output.Append(escaped);
            }
            else
            {
                output.Append(c);
            }
        }
        return -1;
    }

    private static int AfterDoubleQuoted(string text, int open)
    {
        for (int i = open + 1; i < text.Length; i++)
        {
            if (text[i] == '"') return i + 1;
            if (text[i] == '\\') i++;
        }
        return text.Length;
    }
}
