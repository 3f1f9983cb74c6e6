using System.CommandLine;
using System.CommandLine.Parsing;

namespace Rx.JsonRpc.Tool;

/// <summary>
/// Finds an option or a command that is not known. The parser takes such a word for an argument, and whatever follows for something else,
/// so its own complaints would hide the one word that is wrong.
/// </summary>
internal static class Mistyped
{
    /// <summary>The first word that is not known, and what it may have meant; null when there is none.</summary>
    /// <param name="parsed">What the parser made of the words.</param>
    /// <param name="args">The words as they were typed.</param>
    public static string? In(ParseResult parsed, string[] args)
    {
        Command command = parsed.CommandResult.Command;
        string? word = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Type == TokenType.Argument && (LooksLikeAnOption(token.Value) || command is RootCommand))?.Value;
        // The parser takes -servers for -s with the value "ervers".
        string[] options = [.. NamesOf(command)];
        word ??= args.TakeWhile(arg => arg != "--").FirstOrDefault(arg => arg is ['-', not '-', _, ..] && options.Contains("-" + NameIn(arg)));
        if (word is null) return null;
        string name = NameIn(word);
        if (LooksLikeAnOption(word) && options.Contains(name)) return $"the option {name} stands in front of its command; expected 'rxrpc {command.Name} {name}'";
        if (LooksLikeAnOption(word)) return $"the option {name} is not known{Suggestion(name, options)}";
        string[] commands = [.. command.Subcommands.Select(known => known.Name)];
        return $"the command '{name}' is not known{Suggestion(name, commands) ?? $"; expected one of {string.Join(", ", commands)}"}";
    }

    // A number may be negative.
    private static bool LooksLikeAnOption(string word) => word is ['-', '-', _, ..] || (word is ['-', var letter, ..] && char.IsAsciiLetter(letter));

    private static string NameIn(string word) => word.Split('=', ':')[0];

    private static IEnumerable<string> NamesOf(Command command) =>
        command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name));

    private static string? Suggestion(string word, string[] known)
    {
        string plain = word.TrimStart('-').ToLowerInvariant();
        // A letter alone is like any other letter.
        string? nearest = plain.Length < 2 ? null : known.Where(name => name.TrimStart('-').Length > 1)
            .Select(name => (Name: name, Distance: Distance(plain, name.TrimStart('-'))))
            .Where(near => near.Distance <= Math.Max(1, (plain.Length + 1) / 3))
            .OrderBy(near => near.Distance)
            .Select(near => near.Name)
            .FirstOrDefault();
        nearest ??= plain.Length < 2 ? null : known.FirstOrDefault(name => name.TrimStart('-').StartsWith(plain, StringComparison.Ordinal));
        return nearest is null ? null : $"; did you mean {nearest}?";
    }

    /// <summary>How many letters have to be put in, left out, changed, or swapped with the next one (optimal string alignment).</summary>
    private static int Distance(string from, string to)
    {
        int[,] steps = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++) steps[i, 0] = i;
        for (int j = 0; j <= to.Length; j++) steps[0, j] = j;
        for (int i = 1; i <= from.Length; i++)
        {
            for (int j = 1; j <= to.Length; j++)
            {
                int changed = steps[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                steps[i, j] = Math.Min(changed, 1 + Math.Min(steps[i - 1, j], steps[i, j - 1]));
                bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                if (swapped) steps[i, j] = Math.Min(steps[i, j], 1 + steps[i - 2, j - 2]);
            }
        }
        return steps[from.Length, to.Length];
    }
}
