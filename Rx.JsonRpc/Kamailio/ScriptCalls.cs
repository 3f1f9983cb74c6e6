using System.Text;

namespace Rx.JsonRpc.Kamailio;

/// <summary>A function that a Kamailio configuration calls; <c>modparam</c> looks like one too.</summary>
internal sealed record ScriptCall(string Function, IReadOnlyList<string> Arguments, string Place)
{
    /// <summary>An argument; empty when there are not so many.</summary>
    public string this[int index] => Arguments.ElementAtOrDefault(index) ?? "";
}

/// <summary>Finds the calls of some functions among the tokens, each of which is looked at once.</summary>
/// <remarks>
/// None of these functions stands inside a call of another one. One that seems to shows that the earlier call is not closed, so what was
/// read of that is given up: without this, each of many unclosed calls would reach to the end of the script.
/// </remarks>
internal sealed class ScriptCalls(params string[] functions)
{
    private readonly List<ScriptCall> _calls = [];
    private readonly List<ScriptNote> _notes = [];
    private readonly StringBuilder _argument = new();
    private List<string> _arguments = [];
    private ScriptToken _last;
    private ScriptToken? _open;
    private int _depth;

    public IReadOnlyList<ScriptCall> Calls => _calls;

    /// <summary>The calls that are not closed.</summary>
    public IReadOnlyList<ScriptNote> Notes => _notes;

    public void Take(ScriptToken token)
    {
        if (token.Is('(') && _last.Kind == ScriptTokenKind.Name && functions.Contains(_last.Value)) Begin(_last);
        else if (_open is { } name) Take(name, token);
        _last = token;
    }

    /// <summary>There are no more tokens.</summary>
    public void End()
    {
        if (_open is not { } name) return;
        _notes.Add(new ScriptNote($"{name.Place}", $"'{name.Value}(' is not closed, and was not taken over"));
        _open = null;
    }

    private void Begin(ScriptToken name)
    {
        End();
        _open = name;
        _depth = 0;
        _arguments = [];
        _argument.Clear();
    }

    private void Take(ScriptToken name, ScriptToken token)
    {
        if (_depth == 0 && (token.Is(',') || token.Is(')')))
        {
            _arguments.Add(_argument.ToString());
            _argument.Clear();
            if (token.Is(',')) return;
            _calls.Add(new ScriptCall(name.Value, _arguments, $"{name.Place}"));
            _open = null;
            return;
        }
        if (token.Is('(')) _depth++;
        if (token.Is(')')) _depth--;
        _argument.Append(token.Value);
    }
}
