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

/// <summary>One piece of a Kamailio configuration, and where it stands.</summary>
internal readonly record struct ScriptToken(ScriptTokenKind Kind, string Value, string Place)
{
    public bool Is(string mark) => Kind == ScriptTokenKind.Mark && Value == mark;

    public bool Names(string name) => Kind == ScriptTokenKind.Name && Value == name;
}

/// <summary>Something to be told about a place in a configuration.</summary>
internal sealed record ScriptNote(string Place, string Text)
{
    public override string ToString() => $"{Place}: {Text}";
}
