using System.Globalization;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>How many times the requests per second of one row another one has, each round by itself: rows of one round met the same machine.</summary>
internal static class Ratios
{
    private static readonly (string Of, string To)[] Pairs =
    [
        ("typed-recipe", "streamjsonrpc"),
        ("typed-recipe", "raw-floor"),
        ("typed-recipe", "naive-rx"),
        ("typed-recipe", "raw-json"),
        ("raw-json", "streamjsonrpc"),
        ("raw-json", "raw-floor"),
        ("naive-rx", "streamjsonrpc"),
    ];

    /// <summary>By requests in flight, then by <c>row/row</c>.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, Spread>> Of(IReadOnlyList<Round> rounds) =>
        rounds.GroupBy(round => round.InFlight).ToDictionary(
            group => group.Key.ToString(CultureInfo.InvariantCulture),
            group => (IReadOnlyDictionary<string, Spread>)Pairs.ToDictionary(
                pair => $"{pair.Of}/{pair.To}",
                pair => Spread.Of(group.Select(round => round[pair.Of].RequestsPerSecond / round[pair.To].RequestsPerSecond))));
}
