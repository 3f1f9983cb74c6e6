using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Rx.JsonRpc.Tool.Input;

/// <summary>Durations as people type them: <c>300ms</c>, <c>2s</c>, <c>1.5s</c>, <c>1m</c>, <c>1h</c>; a bare number means milliseconds.</summary>
internal static class Durations
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static Option<TimeSpan?> Option(string name, string description, TimeSpan usual, bool orZero = false) => new(name)
    {
        Description = $"{description} [default: {Text(usual)}]",
        HelpName = "TIME",
        CustomParser = argument => Read(argument, orZero),
    };

    /// <summary>Zero too.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        (string number, double milliseconds) = text switch
        {
            [.. var n, 'm', 's'] => (n, 1.0),
            [.. var n, 's'] => (n, 1000.0),
            [.. var n, 'm'] => (n, 60_000.0),
            [.. var n, 'h'] => (n, 3_600_000.0),
            _ => (text, 1.0),
        };
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)) return false;
        double total = value * milliseconds;
        if (!(total <= Longest.TotalMilliseconds)) return false;
        duration = TimeSpan.FromMilliseconds(total);
        return duration > TimeSpan.Zero || value == 0;
    }

    /// <summary>As it would be typed.</summary>
    public static string Text(TimeSpan duration) => duration.TotalSeconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms");

    private static TimeSpan Read(ArgumentResult argument, bool orZero)
    {
        string text = argument.Tokens[^1].Value;
        if (TryParse(text, out TimeSpan duration) && (orZero || duration > TimeSpan.Zero)) return duration;
        string option = (argument.Parent as OptionResult)?.Option.Name ?? argument.Argument.Name;
        argument.AddError(
            $"{option} '{text}' is not a duration; expected for example 300ms, 2s, 1m, 1h or 500 (milliseconds), {(orZero ? "zero or more" : "above zero")} and at most 24h");
        return default;
    }
}
