using Rx.JsonRpc.Recording;

namespace Rx.JsonRpc;

/// <summary>Requests and their attempts as JSON lines: one object a line, each on its own. docs/replay.md describes the members.</summary>
/// <remarks>
/// <code>
/// await using FileStream log = File.Create("attempts.jsonl");
/// client.Records.Subscribe(record => AttemptLog.Write(log, record));
/// </code>
/// Parameters, results and messages are never written. Members that a reader does not know are passed over, so a newer log can be read.
/// </remarks>
public static class AttemptLog
{
    // A request keeps at most 1,000 attempts; with long host names they take some 300 KB.
    private const int LongestLine = 1024 * 1024;

    /// <summary>Appends one line.</summary>
    /// <param name="stream">Where to. It is not flushed.</param>
    /// <param name="record">The request.</param>
    public static void Write(Stream stream, RequestRecord record)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(record);
        stream.Write(RecordWriter.Line(record));
    }

    /// <summary>Reads a log line by line, while it is enumerated. Empty lines are passed over.</summary>
    /// <param name="stream">Where from; it stays open.</param>
    /// <returns>The requests in the order in which they stand.</returns>
    /// <exception cref="FormatException">While enumerating: names the line and what is wrong with it.</exception>
    public static IEnumerable<RequestRecord> Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadLines(new BoundedLines(stream, LongestLine));
    }

    private static IEnumerable<RequestRecord> ReadLines(BoundedLines lines)
    {
        var reader = new RecordReader();
        while (lines.TryRead(out ReadOnlyMemory<byte> line))
        {
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            yield return reader.Read(line.Span, lines.Number);
        }
    }
}
