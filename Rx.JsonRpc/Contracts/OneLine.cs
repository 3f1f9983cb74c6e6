using System.Buffers;
using System.Globalization;

namespace Rx.JsonRpc;

/// <summary>
/// Text that came from a peer or from a file, made fit for one line of a log or of a terminal. Every message, every <c>ToString</c> and
/// every line of the tool passes through here.
/// </summary>
internal static class OneLine
{
    /// <summary>How much of a peer's text a message or a log line shows, in characters.</summary>
    public const int MostOfAPeer = 500;

    // C0, DEL and C1 could move a terminal's cursor; the separators could pass for a line of ours; the marks of the bidirectional algorithm
    // (UAX #9) could show what stands around them in another order.
    private static readonly SearchValues<char> Unsafe = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Select(static code => (char)code),
        '\u061c', '\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069']);

    /// <summary>The text with a space for each character that must not reach a terminal or a log line.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text) || !text.AsSpan().ContainsAny(Unsafe)) return text ?? "";
        return string.Create(text.Length, text, static (line, text) =>
        {
            text.CopyTo(line);
            line.ReplaceAny(Unsafe, ' ');
        });
    }

    /// <summary>As <see cref="Of"/>, cut to <see cref="MostOfAPeer"/>: for what a peer chose.</summary>
    public static string OfPeer(string? text)
    {
        if (text is null || text.Length <= MostOfAPeer) return Of(text);
        // Not between the halves of a surrogate pair.
        int end = char.IsHighSurrogate(text[MostOfAPeer - 1]) ? MostOfAPeer - 1 : MostOfAPeer;
        return string.Create(CultureInfo.InvariantCulture, $"{Of(text[..end])}… ({text.Length:#,0} characters)");
    }

    /// <summary>JSON on one line that means the same: white space for line ends, escapes for what else <see cref="Of"/> replaces.</summary>
    public static string OfJson(string json)
    {
        if (!json.AsSpan().ContainsAny(Unsafe)) return json;
        // Outside of strings JSON holds no other control characters than these; inside of strings it holds none of them.
        return string.Concat(json.Select(static character => character is '\t' or '\r' or '\n' ? " "
            : Unsafe.Contains(character) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : $"{character}"));
    }
}
