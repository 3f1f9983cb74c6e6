using System.Globalization;

namespace Rx.JsonRpc.Tests.Tool;

/// <summary>A log of attempts in a file of its own, written by hand so that the right answer can be worked out.</summary>
internal sealed class RecordedLog : IDisposable
{
    private readonly List<string> _lines = [];

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"rxrpc-{Guid.NewGuid():N}.jsonl");

    /// <summary>A request that began so many milliseconds after noon; its attempts as JSON objects.</summary>
    public RecordedLog Request(double at, string outcome, double took, params string[] attempts)
    {
        string time = new DateTime(2026, 1, 31, 12, 0, 0).AddMilliseconds(at).ToString("O", CultureInfo.InvariantCulture);
        return Line(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"at":"{{time}}Z","method":"m","took":{{took}},"outcome":"{{outcome}}","attempts":[{{string.Join(',', attempts)}}]}"""));
    }

    public RecordedLog Line(string line)
    {
        _lines.Add(line);
        return this;
    }

    /// <summary>Writes it, and replays it.</summary>
    public Task<ToolRun> Replay(params string[] options)
    {
        File.WriteAllLines(Path, _lines);
        return ToolRun.Of(["replay", Path, .. options]);
    }

    /// <summary>An attempt on server a (priority 2) or b (priority 1).</summary>
    public static string On(string server, string end, double took, double after = 0, bool written = true, bool connected = true, int? code = null) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"server":"{{server}}:1","priority":{{(server == "a" ? 2 : 1)}},"after":{{after}},"took":{{took}},"end":"{{end}}","written":{{Text(written)}},"connected":{{Text(connected)}}{{(code is null ? "" : FormattableString.Invariant($",\"code\":{code}"))}}}""");

    public void Dispose() => File.Delete(Path);

    private static string Text(bool value) => value ? "true" : "false";
}
