namespace Rx.JsonRpc.Tool;

/// <summary>Breaks lines between words where a terminal would break them inside one.</summary>
internal static class WrappedText
{
    /// <summary>The lines of a text, each at most as wide as the terminal unless a single word is wider.</summary>
    public static IEnumerable<string> Lines(string text, int width) => text.Split('\n').SelectMany(line => Wrap(line.TrimEnd('\r'), width));

    private static IEnumerable<string> Wrap(string line, int width)
    {
        int indent = Indent(line);
        if (indent > width / 2) indent = 0;
        while (line.Length > width)
        {
            int cut = line.LastIndexOf(' ', width);
            if (cut <= indent) cut = line.IndexOf(' ', width);
            if (cut < 0) break;
            yield return line[..cut].TrimEnd();
            line = new string(' ', indent) + line[cut..].TrimStart();
        }
        yield return line;
    }

    // Below what a line explains: behind "  64   " in a list of exit codes.
    private static int Indent(string line)
    {
        int word = line.Length - line.TrimStart().Length;
        int gap = line.IndexOf("  ", word, StringComparison.Ordinal);
        if (gap < 0) return word;
        return line.Length - line[gap..].TrimStart().Length;
    }
}
