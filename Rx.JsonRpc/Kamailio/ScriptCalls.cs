namespace Rx.JsonRpc.Kamailio;

/// <summary>A function that a Kamailio configuration calls; <c>modparam</c> looks like one too.</summary>
internal sealed record ScriptCall(string Function, IReadOnlyList<string> Arguments, string Place)
{
    /// <summary>An argument; empty when there are not so many.</summary>
    public string this[int index] => Arguments.ElementAtOrDefault(index) ?? "";
}

/// <summary>Finds the calls of some functions among the tokens.</summary>
internal static class ScriptCalls
{
    public static IEnumerable<ScriptCall> Of(IReadOnlyList<ScriptToken> tokens, params string[] functions)
    {
        for (int i = 0; i + 1 < tokens.Count; i++)
        {
            if (tokens[i].Kind == ScriptTokenKind.Name && functions.Contains(tokens[i].Value) && tokens[i + 1].Is("("))
            {
                yield return new ScriptCall(tokens[i].Value, Arguments(tokens, i + 2), tokens[i].Place);
            }
        }
    }

    private static List<string> Arguments(IReadOnlyList<ScriptToken> tokens, int from)
    {
        var arguments = new List<string> { "" };
        int depth = 0;
        for (int i = from; i < tokens.Count && !(depth == 0 && tokens[i].Is(")")); i++)
        {
            if (tokens[i].Is("(")) depth++;
            if (tokens[i].Is(")")) depth--;
            if (depth == 0 && tokens[i].Is(",")) arguments.Add("");
            else arguments[^1] += tokens[i].Value;
        }
        return arguments;
    }
}
