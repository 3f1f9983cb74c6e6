namespace Rx.JsonRpc.Tool.Demo;

/// <summary>Lines, for a file or a pipe: one for each phase and one for each second.</summary>
internal sealed class PlainDemoView(ToolConsole console) : IDemoView
{
    public TimeSpan Interval => TimeSpan.FromSeconds(1);

    public void Phase(DemoFrame frame) => console.Line(FormattableString.Invariant($"{frame.At.TotalSeconds,5:0.0}s {frame.Phase}"));

    public void Show(DemoFrame frame)
    {
        IEnumerable<string> servers = frame.Servers.Select(seen => seen.IsUp
            ? FormattableString.Invariant($"{seen.Server.Name} {seen.PerSecond,5:0}/s")
            : $"{seen.Server.Name}    down");
        string each = string.Join("  ", servers);
        console.Line(FormattableString.Invariant($"{frame.At.TotalSeconds,5:0.0}s   {each}  suspended {frame.Suspended}"));
    }
}
