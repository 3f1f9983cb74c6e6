using System.CommandLine;
using System.Globalization;

namespace Rx.JsonRpc.Tool.Input;

/// <summary>An option that is a whole number within bounds.</summary>
internal static class CountText
{
    public static Option<int?> Option(string name, string description, int usual, int most) => new(name)
    {
        Description = $"{description} [default: {usual}]",
        HelpName = "N",
        CustomParser = argument =>
        {
            string text = argument.Tokens[^1].Value;
            bool read = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1 && count <= most;
            if (!read) argument.AddError($"{name} '{text}' is not a whole number in 1..{most}");
            return count;
        },
    };
}
