using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rx.JsonRpc.Tool.Demo;

/// <summary>A table that changes in place, for a person.</summary>
internal sealed class LiveDemoView(LiveDisplayContext live) : IDemoView
{
    private const int BarWidth = 30;
    private const double FullBar = 1000;

    private readonly List<string> _phases = [];

    public TimeSpan Interval => TimeSpan.FromMilliseconds(200);

    public void Phase(DemoFrame frame)
    {
        _phases.Add(FormattableString.Invariant($"{frame.At.TotalSeconds,5:0.0}s {frame.Phase}"));
        Show(frame);
    }

    public void Show(DemoFrame frame)
    {
        IEnumerable<string[]> cells = frame.Servers.Select(seen => (string[])
        [
            $"[bold]{seen.Server.Name}[/] {seen.Server.Address}",
            FormattableString.Invariant($"{seen.Server.Priority}"),
            seen.IsUp ? "[green]up[/]" : "[red]down[/]",
            FormattableString.Invariant($"{seen.Answers:#,0}"),
            FormattableString.Invariant($"{seen.PerSecond:#,0}"),
            $"[blue]{new string('#', (int)Math.Min(BarWidth, seen.PerSecond / FullBar * BarWidth))}[/]",
        ]);
        var table = new LiveTable(["server", "priority", "state", "answers", "per second", ""], [.. cells]);
        IRenderable[] rows = [.. _phases.Select(phase => new Text(phase)), table, new Text($"suspended just now: {frame.Suspended}")];
        live.UpdateTarget(new Rows(rows));
    }
}
