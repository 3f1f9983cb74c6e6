using System.Globalization;
using System.Text;

namespace Rx.JsonRpc.Tool;

/// <summary>JSON of a peer on one line of a terminal: the same JSON, with an escape for whatever could move or turn the text.</summary>
internal static class JsonLine
{
    public static string Of(RawJson json)
    {
        string text = json.ToString();
        var line = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            // Below U+0020 JSON has white space alone, and only between its tokens.
            if (c < ' ') line.Append(' ');
            else if (IsUnsafe(c)) line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else line.Append(c);
        }
        return line.ToString();
    }

    private static bool IsUnsafe(char c) => char.IsControl(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
