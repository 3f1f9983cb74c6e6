using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Rx.JsonRpc.Recording;

/// <summary>Reads one line. Keeps the servers and methods that it has seen, so that a long log holds each only once.</summary>
internal sealed class RecordReader
{
    // What does not fit the readers of numbers: a request that takes ten years is a mistake.
    private const double LongestMilliseconds = 3.2e11;

    // Leaves room for what is added to it; the calendar ends in 9999.
    private const int LatestYear = 9900;

    private readonly Dictionary<(string, int, int), ServerAddress> _servers = [];
    private readonly Dictionary<string, string> _methods = [];

    /// <exception cref="FormatException">Names the line and what is wrong.</exception>
    public RequestRecord Read(ReadOnlySpan<byte> line, int number)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            using JsonDocument document = JsonDocument.ParseValue(ref json);
            if (json.BytesConsumed < line.TrimEnd(" \t\r"u8).Length) throw new FormatException("something follows the object; expected one request a line");
            return Request(new RecordMembers(document.RootElement, ""));
        }
        catch (JsonException)
        {
            throw new FormatException($"line {number}: not a JSON object; was the file cut off, or is it no log of attempts?");
        }
        catch (InvalidOperationException)
        {
            throw new FormatException($"line {number}: a string holds half a surrogate pair");
        }
        catch (FormatException fault)
        {
            throw new FormatException($"line {number}: {fault.Message}");
        }
    }

    private RequestRecord Request(RecordMembers members)
    {
        string method = members.Text("method");
        if (!_methods.TryGetValue(method, out string? known)) _methods.Add(method, known = method);
        JsonElement list = members.Array("attempts");
        var attempts = new Attempt[list.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            attempts[i] = Attempt(new RecordMembers(item, $"attempt {i + 1}: "));
            i++;
        }
        return new RequestRecord(
            known, members.Flag("idempotent", false), At(members.Text("at")), Time(members, "took"), RecordNames.Outcome(members.Text("outcome")), attempts);
    }

    private Attempt Attempt(RecordMembers members)
    {
        AttemptEnd end = members.Checked(static all => RecordNames.End(all.Text("end")));
        bool written = members.Flag("written", end is AttemptEnd.Result or AttemptEnd.Error or AttemptEnd.ConnectionLost);
        return new Attempt
        {
            Server = Server(members),
            StartedAfter = Time(members, "after"),
            Took = Time(members, "took"),
            Written = written ? Written.MaybeExecuted : Written.NotWritten,
            Connected = members.Flag("connected", written),
            End = end,
            ErrorCode = members.Integer("code"),
        };
    }

    private ServerAddress Server(RecordMembers members)
    {
        (string text, int priority, int weight) = (members.Text("server"), members.Integer("priority") ?? 0, members.Integer("weight") ?? 1);
        if (weight < 1) throw members.Fault($"weight is {weight}; it must be at least 1");
        if (_servers.TryGetValue((text, priority, weight), out ServerAddress? known)) return known;
        // What a server list cannot say, such as a host's own kind of end point, is still a server with a name.
        EndPoint endPoint = ServerList.TryParse(text, out IReadOnlyList<ServerAddress> list, out _) && list is [var single]
            ? single.EndPoint
            : new RecordedEndPoint(text);
        var server = new ServerAddress(endPoint, priority, weight);
        _servers.Add((text, priority, weight), server);
        return server;
    }

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)
        && at.Year < LatestYear
            ? at
            : throw new FormatException($"at is '{text}'; expected a time such as 2026-01-31T12:00:00.25Z");

    private static TimeSpan Time(RecordMembers members, string name)
    {
        double milliseconds = members.Number(name);
        return milliseconds is >= 0 and <= LongestMilliseconds
            ? TimeSpan.FromTicks((long)Math.Round(milliseconds * TimeSpan.TicksPerMillisecond))
            : throw members.Fault($"{name} is {milliseconds.ToString(CultureInfo.InvariantCulture)}; expected milliseconds from 0");
    }
}
