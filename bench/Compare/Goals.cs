using System.Globalization;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>What this library has set itself, and whether the runs show it; the median of the rounds decides.</summary>
internal static class Goals
{
    public static IEnumerable<string> Judge(int inFlight, IReadOnlyList<Round> rounds)
    {
        if (inFlight == 1) yield return AtMost("p50 of typed-recipe / best other client", 1.05, rounds.Select(LatencyAgainstTheBest));
        if (inFlight == 64) yield return AtLeast("requests/s of typed-recipe / raw-floor", 0.60, Rates("raw-floor", rounds));
        if (inFlight is 64 or 512) yield return AtLeast("requests/s of typed-recipe / streamjsonrpc", 6, Rates("streamjsonrpc", rounds));
        yield return AtMost("bytes per request of typed-recipe", 400, rounds.Select(round => round["typed-recipe"].BytesPerRequest));
        yield return AtMost("bytes per request of raw-json", 250, rounds.Select(round => round["raw-json"].BytesPerRequest));
    }

    private static IEnumerable<double> Rates(string other, IReadOnlyList<Round> rounds) =>
        rounds.Select(round => round["typed-recipe"].RequestsPerSecond / round[other].RequestsPerSecond);

    private static double LatencyAgainstTheBest(Round round) =>
        round["typed-recipe"].P50Us / round.Rows.Where(row => row.Name is not ("typed-recipe" or "raw-json" or "raw-floor")).Min(row => row.P50Us);

    private static string AtLeast(string what, double goal, IEnumerable<double> values)
    {
        var spread = Spread.Of(values);
        return Line(what, "at least", goal, spread, spread.Median >= goal);
    }

    private static string AtMost(string what, double goal, IEnumerable<double> values)
    {
        var spread = Spread.Of(values);
        return Line(what, "at most", goal, spread, spread.Median <= goal);
    }

    private static string Line(string what, string kind, double goal, Spread spread, bool met) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {(met ? "met    " : "NOT MET")}  {what}: {kind} {goal:0.##}, is {spread.Median:0.###} ({spread.Min:0.###} .. {spread.Max:0.###})");
}
