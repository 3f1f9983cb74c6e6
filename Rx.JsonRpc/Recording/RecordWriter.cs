using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rx.JsonRpc.Recording;

/// <summary>Writes one request as one line.</summary>
internal static class RecordWriter
{
    // A log is no HTML: 'get_user' in any alphabet stays readable. Line ends are escaped all the same.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlySpan<byte> Line(RequestRecord record)
    {
        var line = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(line, Options)) Write(json, record);
        line.Write("\n"u8);
        return line.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter json, RequestRecord record)
    {
        json.WriteStartObject();
        json.WriteString("at", record.StartedAt.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        json.WriteString("method", record.Method);
        if (record.Idempotent) json.WriteBoolean("idempotent", true);
        json.WriteNumber("took", Milliseconds(record.Took));
        json.WriteString("outcome", RecordNames.Of(record.Outcome));
        json.WriteStartArray("attempts");
        foreach (Attempt attempt in record.Attempts) Write(json, attempt);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, in Attempt attempt)
    {
        json.WriteStartObject();
        json.WriteString("server", attempt.Server.ToString());
        if (attempt.Server.Priority != 0) json.WriteNumber("priority", attempt.Server.Priority);
        if (attempt.Server.Weight != 1) json.WriteNumber("weight", attempt.Server.Weight);
        json.WriteNumber("after", Milliseconds(attempt.StartedAfter));
        json.WriteNumber("took", Milliseconds(attempt.Took));
        json.WriteString("end", RecordNames.Of(attempt.End));
        if (attempt.ErrorCode is { } code) json.WriteNumber("code", code);
        json.WriteBoolean("written", attempt.Written == Written.MaybeExecuted);
        json.WriteBoolean("connected", attempt.Connected);
        json.WriteEndObject();
    }

    // Decimal: a tick is exactly 0.0001 ms, and reads back as the same tick.
    private static decimal Milliseconds(TimeSpan time) => time.Ticks / (decimal)TimeSpan.TicksPerMillisecond;
}
