using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>Something that happened to the gateway, for a log and for a person.</summary>
/// <param name="Event">What kind of thing: <c>evapi</c>, <c>server</c>, <c>problem</c>, <c>draining</c>, <c>stopped</c>.</param>
/// <param name="At">When.</param>
/// <param name="Members">What belongs to it, in order; texts and whole numbers.</param>
internal sealed record GatewayEvent(string Event, DateTimeOffset At, params IReadOnlyList<(string Name, object Value)> Members)
{
    // For logs, never for HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static GatewayEvent Of(EvapiChange change) => new(
        "evapi", change.At, ("socket", new ServerAddress(change.Socket).ToString()), ("from", change.From), ("to", change.To), ("reason", change.Reason));

    public static GatewayEvent Of(string pool, ServerChange change) => new(
        "server", change.At, ("pool", pool), ("server", change.Server.ToString()), ("from", change.From), ("to", change.To), ("reason", change.Reason));

    /// <summary>How a server stands when the gateway starts.</summary>
    public static GatewayEvent Of(string pool, Server server, DateTimeOffset at) => new(
        "server", at, ("pool", pool), ("server", server.Address.ToString()), ("state", server.State));

    public static GatewayEvent Of(EvapiDiagnostic diagnostic, DateTimeOffset at) => new(
        "problem", at, ("socket", new ServerAddress(diagnostic.Socket).ToString()), ("problem", diagnostic.Problem), ("detail", diagnostic.Detail));

    /// <param name="gateway">The gateway.</param>
    /// <param name="untold">Events that the view was too slow for.</param>
    /// <param name="at">When.</param>
    public static GatewayEvent Stopped(EvapiGateway gateway, long untold, DateTimeOffset at)
    {
        EvapiCounters counters = gateway.Counters;
        return new GatewayEvent(
            "stopped", at,
            ("requests", counters.Requests), ("results", counters.Results), ("errors", counters.Errors), ("timeouts", counters.Timeouts),
            ("failures", counters.Failures), ("cancelled", counters.Cancelled), ("lost", counters.Lost), ("superseded", counters.Superseded),
            ("untold", untold + counters.EventsDropped));
    }

    /// <summary>One line of JSON.</summary>
    public string ToJson()
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("at", At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteString("event", Event);
            foreach ((string name, object value) in Members)
            {
                if (value is long number) writer.WriteNumber(name, number);
                else writer.WriteString(name, value.ToString());
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(json.ToArray());
    }

    /// <summary>One line for a person.</summary>
    public override string ToString() =>
        OneLine.Of($"{At.LocalDateTime:HH:mm:ss} {Event} {string.Join("  ", Members.Select(member => $"{member.Name} {member.Value}"))}");
}
