using Spectre.Console;

namespace Rx.JsonRpc.Tool.Load;

/// <summary>Shows how a run gets on, on stderr: one line that changes for a person, lines for a file.</summary>
internal static class BenchProgress
{
    public static Task<T> ShowAsync<T>(ToolConsole console, Func<Action<string>, Task<T>> work)
    {
        if (!console.ErrorIsTerminal) return work(line => console.ErrorLine(line));
        IAnsiConsole ansi = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Error) });
        return ansi.Status().StartAsync("connecting", status => work(line => status.Status = Markup.Escape(line)));
    }
}
