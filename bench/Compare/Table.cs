using System.Globalization;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>The figures as a person reads them: medians of the rounds, and how far the rounds lie apart.</summary>
internal static class Table
{
    private static readonly CultureInfo Text = CultureInfo.InvariantCulture;

    /// <summary>All there is to say about the runs with so many requests in flight.</summary>
    public static IEnumerable<string> Of(int inFlight, IReadOnlyList<Round> rounds, IReadOnlyDictionary<string, Spread> ratios)
    {
        foreach (string line in Rows(inFlight, rounds)) yield return line;
        yield return "  requests/s ratio                median     (min .. max)";
        foreach ((string name, Spread spread) in ratios)
        {
            yield return string.Create(Text, $"  {name,-30} {spread.Median,7:0.00}     ({spread.Min:0.00} .. {spread.Max:0.00})");
        }
        yield return "  goals";
        foreach (string goal in Goals.Judge(inFlight, rounds)) yield return goal;
    }

    /// <summary>The rows alone.</summary>
    public static IEnumerable<string> Rows(int inFlight, IReadOnlyList<Round> rounds)
    {
        yield return "";
        yield return string.Create(Text, $"{inFlight} in flight, {rounds.Count} rounds");
        yield return "  row               requests/s      (min .. max)        p50 us     p99 us   bytes/req   cpu us/req   gen 2";
        foreach (Figures row in rounds[0].Rows) yield return RowOf(row.Name, [.. rounds.Select(round => round[row.Name])]);
    }

    private static string RowOf(string name, Figures[] rows)
    {
        var rate = Spread.Of(rows.Select(row => row.RequestsPerSecond));
        double p50 = Median(rows, row => row.P50Us);
        double p99 = Median(rows, row => row.P99Us);
        double bytes = Median(rows, row => row.BytesPerRequest);
        double cpu = Median(rows, row => row.CpuUsPerRequest);
        string range = string.Create(Text, $"({rate.Min:#,0} .. {rate.Max:#,0})");
        return string.Create(
            Text, $"  {name,-15} {rate.Median,12:#,0}  {range,-22} {p50,8:#,0.0} {p99,10:#,0.0} {bytes,11:#,0} {cpu,12:0.00} {rows.Sum(row => row.FullCollections),7}");
    }

    private static double Median(Figures[] rows, Func<Figures, double> figure) => Spread.Of(rows.Select(figure)).Median;
}
