using Rx.JsonRpc.Tool;
using Spectre.Console;

namespace Rx.JsonRpc.Tests.Tool;

public class NarrowTerminalTests
{
    private static readonly string[][] Rows =
        [["[bold]A[/] 127.0.0.1:39255", "2", "[green]up[/]", "12,885", "1,530", "##############################"], ["B 127.0.0.1:1", "1", "down", "0", "0", ""]];

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    public void Table_OnANarrowTerminal_CutsNoWord(int width)
    {
        string[] lines = Rendered(width);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
        Assert.All(
            ["A 127.0.0.1:39255", "priority 2", "state up", "answers 12,885", "per second 1,530", "B 127.0.0.1:1", "state down"],
            part => Assert.Contains(lines, line => line.Contains(part)));
        Assert.DoesNotContain(lines, line => line.Contains('#'));
    }

    [Fact]
    public void Table_WithRoom_IsATable()
    {
        string[] lines = Rendered(100);
        Assert.Contains(lines, line => line.Contains("server") && line.Contains("per second"));
        Assert.Contains(lines, line => line.Contains("127.0.0.1:39255") && line.Contains("12,885") && line.Contains("###"));
    }

    [Theory]
    [InlineData("  64   wrong usage or bad input, and more of it", 30, "  64   wrong usage or bad", "       input, and more of it")]
    [InlineData("one two three", 7, "one two", "three")]
    [InlineData("  averylongword and more", 10, "  averylongword", "  and more")]
    [InlineData("short", 40, "short")]
    [InlineData("", 40, "")]
    public void Text_IsBrokenBetweenWordsAndBelowWhatItExplains(string text, int width, params string[] lines) =>
        Assert.Equal(lines, WrappedText.Lines(text, width));

    [Theory]
    [InlineData("call")]
    [InlineData("bench")]
    [InlineData("import")]
    [InlineData("gateway")]
    public async Task HelpEnding_At40Columns_HasNoLineThatATerminalWouldCut(string command)
    {
        string help = (await ToolRun.Of(command, "--help")).Out;
        string ending = help[help.IndexOf("Exit codes:", StringComparison.Ordinal)..];
        Assert.All(WrappedText.Lines(ending, 40), line => Assert.InRange(line.Length, 0, 40));
        Assert.Equal(ending.Split().Where(word => word.Length > 0), WrappedText.Lines(ending, 40).SelectMany(line => line.Split()).Where(word => word.Length > 0));
    }

    private static string[] Rendered(int width)
    {
        using var writer = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = width;
        console.Write(new LiveTable(["server", "priority", "state", "answers", "per second", ""], Rows));
        return writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
