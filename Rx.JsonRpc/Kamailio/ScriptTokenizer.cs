using System.Text;

namespace Rx.JsonRpc.Kamailio;

/// <summary>
/// Cuts a Kamailio configuration into tokens: without comments, without what <c>#!ifdef</c> leaves out, with defines and includes put in.
/// </summary>
/// <param name="defines">What is defined from the start, as by <c>kamailio -A</c>; what the text defines is added.</param>
/// <param name="include">Gives the text of an included file; null when it cannot be read.</param>
internal sealed class ScriptTokenizer(IDictionary<string, string> defines, Func<string, string?> include)
{
    private const int MostIncludes = 16;

    private readonly Stack<bool> _active = new();
    private readonly HashSet<string> _open = [];
    private int _depth;

    public List<ScriptToken> Tokens { get; } = [];

    public List<ScriptNote> Notes { get; } = [];

    /// <param name="text">The configuration.</param>
    /// <param name="name">Goes in front of the line in each place; empty for the file that was asked for.</param>
    public ScriptTokenizer Read(string text, string name = "")
    {
        int line = 1;
        for (int at = 0; at < text.Length;)
        {
            string place = name.Length == 0 ? $"line {line}" : $"{name} line {line}";
            int end = Next(text, at, place);
            line += text.AsSpan(at, end - at).Count('\n');
            at = end;
        }
        return this;
    }

    private bool IsActive => !_active.Contains(false);

    /// <summary>Reads what begins at a position; the position behind it.</summary>
    private int Next(string text, int at, string place)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at);
        if (rest.StartsWith("#!") || (rest.StartsWith("!!") && (at == 0 || text[at - 1] == '\n'))) return Directive(text, at, place);
        if (rest[0] == '#' || rest.StartsWith("//")) return EndOf(text, "\n", at, 0);
        if (rest.StartsWith("/*")) return EndOf(text, "*/", at + 2, 2);
        if (rest[0] is '"' or '\'') return Quoted(text, at, place);
        if (char.IsWhiteSpace(rest[0])) return at + 1;
        int end = at;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
        if (end > at) Name(text[at..end], place);
        else Add(ScriptTokenKind.Mark, text[at..++end], place);
        return end;
    }

    private int Directive(string text, int at, string place)
    {
        int end = EndOf(text, "\n", at, 0);
        string[] words = text[(at + 2)..end].Trim().Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
        string first = words.ElementAtOrDefault(1) ?? "";
        switch (words.FirstOrDefault())
        {
            case "ifdef": _active.Push(defines.ContainsKey(first)); break;
            case "ifndef": _active.Push(!defines.ContainsKey(first)); break;
            case "else": if (_active.TryPop(out bool active)) _active.Push(!active); break;
            case "endif": _active.TryPop(out _); break;
            case "define" or "trydef" or "redefine" when IsActive: defines[first] = words.ElementAtOrDefault(2) ?? ""; break;
            case "include_file" or "import_file" when IsActive: Include(first.Trim('"'), place); break;
            case null or "KAMAILIO" or "SER" or "OPENSER" or "MAXCOMPAT" or "ALL": break;
            case var other when IsActive: Notes.Add(new ScriptNote(place, $"#!{other} is not read")); break;
        }
        return end;
    }

    private int Quoted(string text, int at, string place)
    {
        char quote = text[at];
        var value = new StringBuilder();
        for (at++; at < text.Length && text[at] != quote; at++)
        {
            // Only double quotes know escapes.
            bool escaped = quote == '"' && text[at] == '\\' && at + 1 < text.Length;
            value.Append(!escaped ? text[at] : text[++at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var same => same });
        }
        if (Tokens is [.., { Kind: ScriptTokenKind.Name, Value: "include_file" or "import_file" }] && IsActive) Include(value.ToString(), place);
        else Add(ScriptTokenKind.Text, value.ToString(), place);
        return Math.Min(at + 1, text.Length);
    }

    private void Name(string name, string place)
    {
        // A name inside its own definition stands for itself.
        if (!defines.TryGetValue(name, out string? value) || value.Length == 0 || _depth == MostIncludes || !_open.Add(name))
        {
            Add(ScriptTokenKind.Name, name, place);
            return;
        }
        _depth++;
        for (int at = 0; at < value.Length;) at = Next(value, at, place);
        _open.Remove(name);
        _depth--;
    }

    private void Include(string file, string place)
    {
        // A file inside itself is not read again; the mark keeps its name apart from those of defines.
        string opened = $"file:{file}";
        if (_depth == MostIncludes || _open.Contains(opened) || include(file) is not { } text)
        {
            Notes.Add(new ScriptNote(place, $"the included file '{file}' was not read"));
            return;
        }
        _depth++;
        _open.Add(opened);
        Read(text, file);
        _open.Remove(opened);
        _depth--;
    }

    private void Add(ScriptTokenKind kind, string value, string place)
    {
        if (IsActive) Tokens.Add(new ScriptToken(kind, value, place));
    }

    private static int EndOf(string text, string mark, int from, int behind)
    {
        int end = text.IndexOf(mark, from, StringComparison.Ordinal);
        return end < 0 ? text.Length : end + behind;
    }
}
