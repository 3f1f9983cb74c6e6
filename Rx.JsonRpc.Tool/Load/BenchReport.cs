using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Tool.Load;

/// <summary>What <c>bench --json</c> prints; the members are part of the tool's contract.</summary>
internal sealed record BenchReport
{
    public required string Method { get; init; }

    public required IReadOnlyList<string> Servers { get; init; }

    public required int InFlight { get; init; }

    public required int Connections { get; init; }

    public required double Seconds { get; init; }

    public required long Requests { get; init; }

    public required long Results { get; init; }

    public required double ResultsPerSecond { get; init; }

    public required LatencyReport LatencyMs { get; init; }

    public required SortedDictionary<string, long> Errors { get; init; }

    public required long AllocatedBytesPerRequest { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, BenchJson.Default.BenchReport);

    public IEnumerable<string> ToLines()
    {
        CultureInfo text = CultureInfo.InvariantCulture;
        yield return string.Create(text, $"requests    {Requests:#,0} in {Seconds:0.00} s, {InFlight} in flight, {Connections} per server");
        yield return string.Create(text, $"results/s   {ResultsPerSecond:#,0}");
        yield return $"latency ms  {LatencyMs.ToText()}";
        yield return string.Create(text, $"allocated   {AllocatedBytesPerRequest:#,0} bytes per request");
        string errors = string.Join(", ", Errors.Select(kind => string.Create(text, $"{kind.Key}: {kind.Value:#,0}")));
        yield return $"errors      {(errors.Length == 0 ? "none" : errors)}";
    }
}

/// <summary>Latencies of the results in milliseconds; null when there is no result.</summary>
internal sealed record LatencyReport(double? P50, double? P99, double? P999, double? Max)
{
    public static LatencyReport Of(LatencyHistogram histogram) => histogram.Count == 0
        ? new LatencyReport(null, null, null, null)
        : new LatencyReport(Ms(histogram.Percentile(50)), Ms(histogram.Percentile(99)), Ms(histogram.Percentile(99.9)), Ms(histogram.Max));

    public string ToText() => P50 is null
        ? "none: no result"
        : string.Create(CultureInfo.InvariantCulture, $"p50 {P50:0.000}  p99 {P99:0.000}  p99.9 {P999:0.000}  max {Max:0.000}");

    private static double Ms(long nanoseconds) => Math.Round(nanoseconds / 1e6, 4);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
