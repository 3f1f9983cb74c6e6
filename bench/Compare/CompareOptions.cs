using System.Globalization;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>What <c>compare</c> was asked for on the command line.</summary>
internal sealed record CompareOptions
{
    public const string Usage =
        """
        usage: dotnet run -c Release --project bench -- compare [options]
          --in-flight N[,N...]  requests in flight, each a run of its own   (1,8,64,512)
          --seconds S           how long each row is measured in a round     (5)
          --rounds N            how often all rows are measured, in turn     (3)
          --rows ROW[,ROW...]   only these rows, without ratios and goals    (all
                                but typed-inline)
          --json FILE           write the figures there as well
        """;

    /// <summary>The typed recipe for a host that promises not to block: measured only when it is asked for.</summary>
    public const string InlineRow = "typed-inline";

    public static readonly string[] RowNames = ["raw-floor", "raw-json", "typed-recipe", "naive-rx", "streamjsonrpc"];

    private static readonly string[] AllRows = [.. RowNames, InlineRow];

    private const int MostInFlight = 65_536;

    public IReadOnlyList<int> InFlight { get; private init; } = [1, 8, 64, 512];

    public double Seconds { get; private init; } = 5;

    public int Rounds { get; private init; } = 3;

    /// <summary>The rows that are asked for; null for all of them.</summary>
    public IReadOnlyList<string>? Rows { get; private init; }

    public string? JsonFile { get; private init; }

    /// <summary>Whether only the usage is asked for.</summary>
    public bool Help { get; private init; }

    /// <exception cref="FormatException">Says which argument is wrong, and what was expected.</exception>
    public static CompareOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new CompareOptions();
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (name is "--help" or "-h") return options with { Help = true };
            if (name is not ("--in-flight" or "--seconds" or "--rounds" or "--rows" or "--json"))
            {
                throw new FormatException($"unknown option '{name}'; expected --in-flight, --seconds, --rounds, --rows, --json or --help");
            }
            if (++i == arguments.Length) throw new FormatException($"{name} has no value");
            options = options.With(name, arguments[i]);
        }
        return options;
    }

    private CompareOptions With(string name, string value) => name switch
    {
        "--in-flight" => this with { InFlight = [.. value.Split(',').Select(item => Whole(name, item, MostInFlight)).Distinct()] },
        "--seconds" => this with { Seconds = SecondsOf(name, value) },
        "--rounds" => this with { Rounds = Whole(name, value, 1000) },
        "--rows" => this with { Rows = [.. value.Split(',').Select(row => AllRows.Contains(row) ? row : throw new FormatException($"{name}: '{row}' is no row; expected {string.Join(", ", AllRows)}"))] },
        _ => this with { JsonFile = value.Length > 0 ? value : throw new FormatException($"{name} is empty; expected a file's path") },
    };

    private static int Whole(string name, string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most
            ? number
            : throw new FormatException($"{name}: '{text}' is not a whole number in 1..{most}");

    private static double SecondsOf(string name, string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.1 and <= 3600
            ? seconds
            : throw new FormatException($"{name}: '{text}' is not a number in 0.1..3600");
}
