using System.CommandLine;

namespace Rx.JsonRpc.Tool.Logging;

/// <summary>How much a line of a log matters; the most important first.</summary>
internal enum LogLevel
{
    Error,
    Warning,
    Information,
    Debug,
}

/// <summary>The option that bounds what a command logs.</summary>
internal static class LogLevels
{
    private const LogLevel Usual = LogLevel.Information;

    public static Option<LogLevel?> Option() => new("--log-level")
    {
        Description = $"The least important lines that are printed: error, warning, information or debug; debug thins nothing. [default: {Text(Usual)}]",
        HelpName = "LEVEL",
        CustomParser = argument =>
        {
            string text = argument.Tokens[^1].Value;
            foreach (LogLevel level in Enum.GetValues<LogLevel>())
            {
                if (string.Equals(text, Text(level), StringComparison.OrdinalIgnoreCase)) return level;
            }
            argument.AddError($"--log-level '{text}' is not a level; expected error, warning, information or debug");
            return null;
        },
    };

    public static LogLevel In(ParseResult parsed, Option<LogLevel?> option) => parsed.GetValue(option) ?? Usual;

    /// <summary>As it is typed and printed.</summary>
    public static string Text(this LogLevel level) => level.ToString().ToLowerInvariant();
}
