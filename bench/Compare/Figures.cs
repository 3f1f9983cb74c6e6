using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>What one row did in one round.</summary>
internal sealed record Figures
{
    public required string Name { get; init; }

    public required double RequestsPerSecond { get; init; }

    public required double P50Us { get; init; }

    public required double P99Us { get; init; }

    /// <summary>What the client's process allocated, for each request.</summary>
    public required double BytesPerRequest { get; init; }

    /// <summary>Processor time of the client's process, user and system, for each request.</summary>
    public required double CpuUsPerRequest { get; init; }

    /// <summary>Collections of the oldest generation meanwhile.</summary>
    [JsonIgnore]
    public int FullCollections { get; init; }
}

/// <summary>All rows once, in turn.</summary>
internal sealed record Round(int InFlight, IReadOnlyList<Figures> Rows)
{
    public Figures this[string name] => Rows.First(row => row.Name == name);
}

/// <summary>A ratio over the rounds.</summary>
internal sealed record Spread(double Min, double Median, double Max)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new Spread(Math.Round(sorted[0], 3), Math.Round(median, 3), Math.Round(sorted[^1], 3));
    }
}

/// <summary>What <c>--json</c> writes; the members are a contract.</summary>
internal sealed record Report(
    string Machine, IReadOnlyList<Round> Rounds, IReadOnlyDictionary<string, IReadOnlyDictionary<string, Spread>> Ratios)
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Report);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
