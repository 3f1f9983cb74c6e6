using System.Globalization;

namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>One SIP request as SIPp saw it, with its final answers: one, or the same one again.</summary>
internal sealed record SipCall(string Id, DateTime Sent, IReadOnlyList<SipAnswer> Finals)
{
    public SipAnswer Final => Finals[0];

    public TimeSpan Took => Final.At - Sent;
}

internal sealed record SipAnswer(DateTime At, int Status, string Result, string Error)
{
    public override string ToString() => $"{Status} {Result}";
}

/// <summary>Reads the messages that SIPp traces (<c>-trace_msg</c>). ACK and BYE are left out.</summary>
internal static class SipTrace
{
    private const string Ruler = "-----------------------------------------------";

    public static IReadOnlyList<SipCall> Read(string trace)
    {
        var calls = new Dictionary<string, (DateTime Sent, List<SipAnswer> Finals)>();
        foreach (string block in trace.Split(Ruler, StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = block.Split('\n', StringSplitOptions.TrimEntries);
            if (!Header(lines, "CSeq").StartsWith("1 ", StringComparison.Ordinal)) continue;
            // What comes for a call that is over already has no time.
            if (!DateTime.TryParse(lines[0], CultureInfo.InvariantCulture, out DateTime at)) at = DateTime.MaxValue;
            string id = Header(lines, "Call-ID");
            if (StatusOf(lines) is not { } status) calls.TryAdd(id, (at, []));
            else if (status >= 200) calls[id].Finals.Add(new SipAnswer(at, status, Header(lines, "X-Result"), Header(lines, "X-Error")));
        }
        return [.. calls.Select(call => new SipCall(call.Key, call.Value.Sent, call.Value.Finals))];
    }

    /// <summary>Null for a request.</summary>
    private static int? StatusOf(string[] lines) =>
        lines.FirstOrDefault(line => line.StartsWith("SIP/2.0 ", StringComparison.Ordinal)) is { } first ? int.Parse(first.AsSpan(8, 3), CultureInfo.InvariantCulture) : null;

    private static string Header(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? "";
}
