namespace Rx.JsonRpc.Kamailio;

/// <summary>What a piece of a Kamailio configuration is.</summary>
internal enum ScriptTokenKind
{
    /// <summary>A name or a number.</summary>
    Name,

    /// <summary>What stood between quotes, its escapes resolved.</summary>
    Text,

    /// <summary>A single other character.</summary>
    Mark,
}

/// <summary>A line of a configuration.</summary>
/// <param name="File">The included file; empty for the file that was asked for.</param>
/// <param name="Line">The first is 1.</param>
internal readonly record struct ScriptPlace(string File, int Line)
{
    // Every note and call of the file has its place.
    private const int MostLetters = 60;

    public override string ToString() => FormattableString.Invariant($"{Name}{(Name.Length == 0 ? "" : " ")}line {Line}");

    private string Name => File.Length <= MostLetters ? File : $"...{File[^MostLetters..]}";
}

/// <summary>One piece of a Kamailio configuration, and where it stands.</summary>
internal readonly record struct ScriptToken(ScriptTokenKind Kind, string Value, ScriptPlace Place)
{
    public bool Is(char mark) => Kind == ScriptTokenKind.Mark && Value[0] == mark;
}

/// <summary>Something to be told about a place in a configuration.</summary>
internal sealed record ScriptNote(string Place, string Text)
{
    public override string ToString() => $"{Place}: {Text}";
}
