using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Kamailio;

/// <summary>Writes the answer that resumes a transaction.</summary>
/// <remarks>
/// Kamailio's script reads it with jansson, which refuses a whole document for one <c>\u0000</c> or one integer of more than 64 bits.
/// Index and label stand in the same document, so nothing that a server sent may be part of it but as text in a string: a transaction
/// that cannot be told would hang.
/// </remarks>
internal static class AnswerWriter
{
    // The answer goes to a JSON reader, never into HTML; the usual encoder would make six bytes of each quote in the result.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>Writes the answer into an empty buffer.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="id">The transaction, and the token that the answer echoes.</param>
    /// <param name="route">The route that Kamailio runs.</param>
    /// <param name="outcome">The outcome.</param>
    /// <param name="details">Whether the attempts are told.</param>
    public static void Write(FrameBuffer buffer, TransactionId id, string route, in Outcome<RawJson> outcome, bool details)
    {
        Utf8JsonWriter writer = _writer ??= new Utf8JsonWriter(buffer, Options);
        writer.Reset(buffer);
        writer.WriteStartObject();
        writer.WriteNumber("v"u8, 1);
        writer.WriteNumber("index"u8, id.Index);
        writer.WriteNumber("label"u8, id.Label);
        if (id.Token is { } token) writer.WriteNumber("token"u8, token);
        writer.WriteString("route"u8, route);
        writer.WriteString("outcome"u8, NameOf(outcome.Kind));
        if (outcome.Kind == OutcomeKind.Result) writer.WriteString("result"u8, OrNull(outcome.Result));
        else WriteText(writer, "result"u8, outcome.Reason);
        WriteError(writer, outcome);
        if (details) WriteAttempts(writer, outcome.Attempts);
        writer.WriteEndObject();
        writer.Flush();
    }

    /// <summary>Writes into an empty buffer that the gateway is about to leave.</summary>
    public static void WriteLeaving(FrameBuffer buffer) => buffer.Append("""{"v":1,"event":"leaving"}"""u8);

    private static ReadOnlySpan<byte> NameOf(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Result => "result"u8,
        OutcomeKind.Error => "error"u8,
        OutcomeKind.Timeout => "timeout"u8,
        OutcomeKind.Failure => "failure"u8,
        _ => "cancelled"u8,
    };

    private static ReadOnlySpan<byte> OrNull(RawJson result) => result.IsEmpty ? "null"u8 : result.Utf8.Span;

    private static void WriteError(Utf8JsonWriter writer, in Outcome<RawJson> outcome)
    {
        if (outcome.Error is { } error)
        {
            writer.WriteString("error"u8, error.ToJson().Utf8.Span);
        }
        else if (outcome.Failure is { } failure)
        {
            // No code: no server gave one.
            writer.WriteString("error"u8, JsonOf(failure.Message));
        }
    }

    private static ReadOnlySpan<byte> JsonOf(string message)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Options))
        {
            writer.WriteStartObject();
            WriteText(writer, "message"u8, message);
            writer.WriteEndObject();
        }
        return json.WrittenSpan;
    }

    private static void WriteAttempts(Utf8JsonWriter writer, IReadOnlyList<Attempt> attempts)
    {
        writer.WriteStartArray("attempts"u8);
        foreach (Attempt attempt in attempts)
        {
            writer.WriteStartObject();
            WriteText(writer, "server"u8, attempt.Server.ToString());
            writer.WriteString("end"u8, attempt.End.ToString());
            WriteText(writer, "reason"u8, attempt.Reason);
            writer.WriteString("written"u8, attempt.Written.ToString());
            writer.WriteNumber("started_ms"u8, Math.Round(attempt.StartedAfter.TotalMilliseconds, 3));
            writer.WriteNumber("took_ms"u8, Math.Round(attempt.Took.TotalMilliseconds, 3));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>By way of UTF-8, which puts U+FFFD where the text holds half a surrogate pair; a NUL becomes one too.</summary>
    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string text) =>
        writer.WriteString(name, Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')));
}
