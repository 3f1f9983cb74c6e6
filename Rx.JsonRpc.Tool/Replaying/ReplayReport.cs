using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Tool.Replaying;

/// <summary>What <c>replay</c> prints; the members are part of the tool's contract.</summary>
internal sealed record ReplayReport
{
    public required string Policy { get; init; }

    public required IReadOnlyList<string> Servers { get; init; }

    public required double Seconds { get; init; }

    public required ReplayFigures Recorded { get; init; }

    public required ReplayFigures Replayed { get; init; }

    public required IReadOnlyList<string> Assumptions { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, ReplayJson.Default.ReplayReport);

    public IEnumerable<string> ToLines()
    {
        yield return $"policy   {Policy}";
        yield return $"servers  {string.Join(' ', Servers)}";
        yield return "";
        yield return $"{"",-22}{"recorded",12}{"replayed",12}";
        yield return Count("requests", figures => figures.Requests);
        yield return Count("results", figures => figures.Results);
        yield return Count("error replies", figures => figures.Errors);
        yield return Count("timeouts", figures => figures.Timeouts);
        yield return Count("failures", figures => figures.Failures);
        yield return Count("cancelled", figures => figures.Cancelled);
        yield return Count("attempts sent", figures => figures.Sent);
        yield return Count("  sent again", figures => figures.Resent);
        yield return Row("  per request", figures => figures.SentPerRequest.ToString("0.000", CultureInfo.InvariantCulture));
        yield return Latency("latency ms  p50", latencies => latencies.P50);
        yield return Latency("            p90", latencies => latencies.P90);
        yield return Latency("            p99", latencies => latencies.P99);
        yield return Latency("            max", latencies => latencies.Max);
        yield return "";
        yield return "Assumptions:";
        foreach (string assumption in Assumptions) yield return $"- {assumption}";
    }

    private string Count(string name, Func<ReplayFigures, int> of) =>
        Row(name, figures => of(figures).ToString("#,0", CultureInfo.InvariantCulture));

    private string Latency(string name, Func<ReplayLatencies, double?> of) =>
        Row(name, figures => of(figures.LatencyMs)?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-");

    private string Row(string name, Func<ReplayFigures, string> of) => $"{name,-22}{of(Recorded),12}{of(Replayed),12}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReplayReport))]
internal sealed partial class ReplayJson : JsonSerializerContext;
