using System.CommandLine;
using Rx.JsonRpc.Tool.Demo;
using Rx.JsonRpc.Tool.Input;
using Spectre.Console;

namespace Rx.JsonRpc.Tool.Commands;

/// <summary><c>rxrpc demo</c>: failover under load, on three servers of its own.</summary>
internal static class DemoCommand
{
    private const int NotAsItShouldBe = 1;

    private const string Ending =
        """
        Three servers on free loopback ports inside this process, A and B of priority 2 and C of priority 1, take about
        1,000 calls a second; each call suspends a piece of work until its reply resumes it. Servers are killed in between,
        with calls in flight. It ends by itself within 15 seconds.

        Exit codes:
          0    every suspended piece of work was resumed exactly once, with its result
          1    it was not so
          74   the output could not be written
          130  interrupted
        """;

    private static readonly TimeSpan UsualPhase = TimeSpan.FromSeconds(2.5);

    public static Command Create(ToolConsole console)
    {
        Option<TimeSpan?> phase = Durations.Option("--phase", "How long each of the four phases takes.", UsualPhase);
        // For the tool's own tests, which have no ten seconds to watch.
        phase.Hidden = true;
        var command = new ToolCommand("demo", "Kills servers under load, and shows that no call is lost.", Ending) { phase };
        command.SetAction((parsed, stop) => RunAsync(console, parsed.GetValue(phase) ?? UsualPhase, stop));
        return command;
    }

    private static async Task<int> RunAsync(ToolConsole console, TimeSpan phase, CancellationToken stop)
    {
        var script = new DemoScript(phase);
        DemoSummary summary = console.OutIsTerminal
            ? await ShowLiveAsync(console, script, stop).ConfigureAwait(false)
            : await script.RunAsync(new PlainDemoView(console), stop).ConfigureAwait(false);
        console.Line("");
        foreach (string line in summary.ToLines()) console.Prose(line);
        return summary.AllIsWell ? ExitCode.Done : NotAsItShouldBe;
    }

    private static Task<DemoSummary> ShowLiveAsync(ToolConsole console, DemoScript script, CancellationToken stop)
    {
        IAnsiConsole ansi = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Out) });
        return ansi.Live(new Text("starting")).StartAsync(live => script.RunAsync(new LiveDemoView(live), stop));
    }
}
