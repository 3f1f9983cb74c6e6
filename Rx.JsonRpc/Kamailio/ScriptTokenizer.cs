using System.Text;

namespace Rx.JsonRpc.Kamailio;

/// <summary>
/// Cuts a Kamailio configuration into tokens: without comments, without what <c>#!ifdef</c> leaves out, with defines and includes put in.
/// </summary>
/// <param name="defines">What is defined from the start, as by <c>kamailio -A</c>; what the text defines is added.</param>
/// <param name="include">Gives the text of an included file; null, or an <see cref="IOException"/> that says why, when it cannot be read.</param>
/// <param name="take">Takes each token; none is kept here.</param>
/// <param name="stop">Ends the reading with an <see cref="OperationCanceledException"/>.</param>
/// <remarks>
/// Time and memory are linear in <see cref="Characters"/>, which is bounded: a few lines of defines or includes that name each other twice
/// would otherwise grow without end.
/// </remarks>
internal sealed class ScriptTokenizer(
    IDictionary<string, string> defines, Func<string, string?> include, Action<ScriptToken> take, CancellationToken stop = default)
{
    /// <summary>Of the file, the files that it includes and the values that stand for names, together.</summary>
    public const int MostCharacters = 4 * 1024 * 1024;
    public const int MostIncludes = 1_000;
    // Kamailio itself includes 10 deep.
    public const int MostDepth = 16;

    private readonly Stack<bool> _active = new();
    private readonly HashSet<string> _open = [];
    private int _inactive;
    private int _depth;
    private int _includes;
    private string _last = "";

    public List<ScriptNote> Notes { get; } = [];

    /// <summary>How much was read.</summary>
    public int Characters { get; private set; }

    /// <param name="text">The configuration.</param>
    /// <param name="name">Goes in front of the line in each place; empty for the file that was asked for.</param>
    /// <exception cref="ScriptLimitException">One of the limits was reached.</exception>
    public void Read(string text, string name = "")
    {
        var place = new ScriptPlace(name, 1);
        Spend(text, place);
        for (int at = 0; at < text.Length;)
        {
            stop.ThrowIfCancellationRequested();
            int end = Next(text, at, place);
            place = place with { Line = place.Line + text.AsSpan(at, end - at).Count('\n') };
            at = end;
        }
    }

    private bool IsActive => _inactive == 0;

    private void Spend(string text, ScriptPlace place)
    {
        Characters += Math.Min(text.Length, MostCharacters + 1);
        if (Characters <= MostCharacters) return;
        throw new ScriptLimitException(
            place, FormattableString.Invariant($"with its includes and defines put in, the script has more than {MostCharacters:#,0} characters"));
    }

    /// <summary>Reads what begins at a position; the position behind it.</summary>
    private int Next(string text, int at, ScriptPlace place)
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
        else Add(ScriptTokenKind.Mark, text[end++].ToString(), place);
        return end;
    }

    private int Directive(string text, int at, ScriptPlace place)
    {
        int end = EndOf(text, "\n", at, 0);
        string[] words = text[(at + 2)..end].Trim().Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
        string first = words.ElementAtOrDefault(1) ?? "";
        string value = words.ElementAtOrDefault(2) ?? "";
        switch (words.FirstOrDefault())
        {
            case "ifdef": Push(defines.ContainsKey(first)); break;
            case "ifndef": Push(!defines.ContainsKey(first)); break;
            case "ifexp": Expression(place); break;
            case "else": if (_active.Count > 0) Push(!Pop()); break;
            case "endif": if (_active.Count > 0) Pop(); break;
            case "define" or "redefine" when IsActive: defines[first] = value; break;
            case "trydef" when IsActive: defines.TryAdd(first, value); break;
            case "include_file" or "import_file" when IsActive: Include(first.Trim('"'), place); break;
            case null or "KAMAILIO" or "SER" or "OPENSER" or "MAXCOMPAT" or "ALL": break;
            case var other when IsActive: Notes.Add(new ScriptNote($"{place}", $"#!{other} is not read")); break;
        }
        return end;
    }

    private void Expression(ScriptPlace place)
    {
        if (IsActive) Notes.Add(new ScriptNote($"{place}", "#!ifexp is not read: what follows is taken for active"));
        Push(true);
    }

    private void Push(bool active)
    {
        _active.Push(active);
        if (!active) _inactive++;
    }

    private bool Pop()
    {
        bool active = _active.Pop();
        if (!active) _inactive--;
        return active;
    }

    private int Quoted(string text, int at, ScriptPlace place)
    {
        char quote = text[at];
        var value = new StringBuilder();
        for (at++; at < text.Length && text[at] != quote; at++)
        {
            // Only double quotes know escapes.
            bool escaped = quote == '"' && text[at] == '\\' && at + 1 < text.Length;
            value.Append(!escaped ? text[at] : text[++at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var same => same });
        }
        if (_last is "include_file" or "import_file" && IsActive) Include(value.ToString(), place);
        else Add(ScriptTokenKind.Text, value.ToString(), place);
        return Math.Min(at + 1, text.Length);
    }

    private void Name(string name, ScriptPlace place)
    {
        // A name inside its own definition stands for itself.
        if (!IsActive || !defines.TryGetValue(name, out string? value) || value.Length == 0 || !_open.Add(name))
        {
            Add(ScriptTokenKind.Name, name, place);
            return;
        }
        Spend(value, place);
        Enter(place, $"the define {name}");
        for (int at = 0; at < value.Length;)
        {
            stop.ThrowIfCancellationRequested();
            at = Next(value, at, place);
        }
        _open.Remove(name);
        _depth--;
    }

    private void Include(string file, ScriptPlace place)
    {
        _last = "";
        // A file inside itself is not read again; the mark keeps its name apart from those of defines.
        string opened = $"file:{file}";
        string? text = null;
        string why = "";
        if (_open.Contains(opened)) why = ": it would include itself";
        else if (++_includes > MostIncludes) throw new ScriptLimitException(place, FormattableString.Invariant($"more than {MostIncludes:#,0} files are included"));
        else text = TextOf(file, ref why);
        if (text is null)
        {
            Notes.Add(new ScriptNote($"{place}", $"the included file '{file}' was not read{why}"));
            return;
        }
        Enter(place, $"the included file '{file}'");
        _open.Add(opened);
        Read(text, file);
        _open.Remove(opened);
        _depth--;
    }

    private string? TextOf(string file, ref string why)
    {
        try
        {
            return include(file);
        }
        catch (IOException failure)
        {
            why = $": {failure.Message}";
            return null;
        }
    }

    private void Enter(ScriptPlace place, string what)
    {
        if (++_depth > MostDepth) throw new ScriptLimitException(place, FormattableString.Invariant($"{what} is more than {MostDepth} deep in others"));
    }

    private void Add(ScriptTokenKind kind, string value, ScriptPlace place)
    {
        if (!IsActive) return;
        _last = kind == ScriptTokenKind.Name ? value : "";
        take(new ScriptToken(kind, value, place));
    }

    private static int EndOf(string text, string mark, int from, int behind)
    {
        int end = text.IndexOf(mark, from, StringComparison.Ordinal);
        return end < 0 ? text.Length : end + behind;
    }
}
