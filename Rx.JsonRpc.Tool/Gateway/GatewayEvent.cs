using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Tool.Logging;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>Something that happened to the gateway, for a log and for a person.</summary>
/// <param name="Event">What kind of thing: <c>evapi</c>, <c>server</c>, <c>problem</c>, <c>reload</c>,
/// <c>output</c>, <c>draining</c>, <c>stopped</c>.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="At">When.</param>
/// <param name="Members">What belongs to it, in order; texts and whole numbers.</param>
internal sealed record GatewayEvent(string Event, LogLevel Level, DateTimeOffset At, params IReadOnlyList<(string Name, object Value)> Members)
    : ILogEvent<GatewayEvent>
{
    // For logs, never for HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? Subject { get; private init; }

    public string Kind { get; private init; } = "";

    public static GatewayEvent Of(EvapiChange change) => new(
        "evapi", LevelOf(change.To), change.At, ("socket", new ServerAddress(change.Socket).ToString()), ("from", change.From), ("to", change.To), ("reason", change.Reason))
    {
        Subject = $"evapi {new ServerAddress(change.Socket)}",
        Kind = change.To.ToString(),
    };

    /// <param name="pool">The pool.</param>
    /// <param name="change">What happened to one of its servers.</param>
    /// <param name="isStopping">Whether the gateway stops: then its servers leave because of that.</param>
    public static GatewayEvent Of(string pool, ServerChange change, bool isStopping) => new(
        "server", isStopping ? LogLevel.Information : LevelOf(change.To), change.At, ("pool", pool), ("server", change.Server.ToString()), ("from", change.From), ("to", change.To), ("reason", change.Reason))
    {
        Subject = $"server {pool} {change.Server}",
        Kind = change.To.ToString(),
    };

    /// <summary>How a server stands when the gateway starts.</summary>
    public static GatewayEvent Of(string pool, Server server, DateTimeOffset at) => new(
        "server", LogLevel.Information, at, ("pool", pool), ("server", server.Address.ToString()), ("state", server.State));

    public static GatewayEvent Of(EvapiDiagnostic diagnostic, DateTimeOffset at) => new(
        "problem", LogLevel.Warning, at,
        ("socket", new ServerAddress(diagnostic.Socket).ToString()), ("problem", diagnostic.Problem), ("detail", diagnostic.Detail))
    {
        Subject = $"problem {new ServerAddress(diagnostic.Socket)} {diagnostic.Problem}",
    };

    public static GatewayEvent Of(string pool, TopologyFault fault) =>
        new("problem", LogLevel.Error, fault.At, ("pool", pool), ("problem", "Topology"), ("detail", fault.Reason));

    /// <param name="level">How much it matters.</param>
    /// <param name="members">What the configuration file was read for, and what came of it.</param>
    public static GatewayEvent Reload(LogLevel level, params IReadOnlyList<(string Name, object Value)> members) =>
        new("reload", level, DateTimeOffset.Now, members);

    /// <summary>The output takes lines again.</summary>
    public static GatewayEvent Output(long droppedLines) => new("output", LogLevel.Warning, DateTimeOffset.Now, ("droppedLines", droppedLines));

    /// <param name="gateway">The gateway.</param>
    /// <param name="droppedLines">Lines that could not be written.</param>
    /// <param name="at">When.</param>
    public static GatewayEvent Stopped(EvapiGateway gateway, long droppedLines, DateTimeOffset at)
    {
        EvapiCounters counters = gateway.Counters;
        return new GatewayEvent(
            "stopped", LogLevel.Information, at,
            ("requests", counters.Requests), ("results", counters.Results), ("errors", counters.Errors), ("timeouts", counters.Timeouts),
            ("failures", counters.Failures), ("cancelled", counters.Cancelled), ("lost", counters.Lost), ("superseded", counters.Superseded),
            ("droppedLines", droppedLines + counters.EventsDropped));
    }

    public GatewayEvent After(long leftOut) => leftOut == 0 ? this : this with { Members = [.. Members, ("repeated", leftOut)] };

    /// <summary>One line of JSON.</summary>
    public string ToJson()
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("at", At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteString("level", Level.Text());
            writer.WriteString("event", Event);
            foreach ((string name, object value) in Members)
            {
                if (value is long number) writer.WriteNumber(name, number);
                else writer.WriteString(name, value.ToString());
            }
            writer.WriteEndObject();
        }
        return OneLine.OfJson(Encoding.UTF8.GetString(json.ToArray()));
    }

    /// <summary>One line for a person.</summary>
    public override string ToString() =>
        OneLine.Of($"{At.LocalDateTime:HH:mm:ss} {Level.Text()} {Event} {string.Join("  ", Members.Select(member => $"{member.Name} {member.Value}"))}");

    private static LogLevel LevelOf(EvapiState state) => state switch
    {
        EvapiState.Connecting => LogLevel.Debug,
        EvapiState.Waiting => LogLevel.Warning,
        _ => LogLevel.Information,
    };

    private static LogLevel LevelOf(ServerState state) => state switch
    {
        ServerState.Connecting => LogLevel.Debug,
        ServerState.Waiting or ServerState.Ejected or ServerState.Retired => LogLevel.Warning,
        _ => LogLevel.Information,
    };
}
