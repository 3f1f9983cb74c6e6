using System.Text.RegularExpressions;

namespace Rx.JsonRpc.Tests.Rules;

/// <summary>The tool writes through <c>ToolConsole</c>, which makes each line fit for a terminal. What writes past it is listed here.</summary>
public sealed partial class ToolWriterTests
{
    // Each of these shows texts of our own, or texts that have been made one line.
    private static readonly Dictionary<string, int> Allowed = new()
    {
        ["HelpWithEnding.cs"] = 1,
        ["CommandLineEntry.cs"] = 2,
        ["Program.cs"] = 0,
        ["Commands/DemoCommand.cs"] = 1,
        ["Commands/GatewayCommand.cs"] = 1,
        ["Load/BenchProgress.cs"] = 1,
    };

    private static readonly string Tool = Path.Combine(Repository.Root, "Rx.JsonRpc.Tool");

    [Fact]
    public void Writers_OfTheTool_GoThroughToolConsole() => Assert.Empty(
        from path in Repository.CSharpFiles(Tool)
        let name = Path.GetRelativePath(Tool, path).Replace('\\', '/')
        where name != "ToolConsole.cs"
        let count = Writer().Count(File.ReadAllText(path))
        where count != Allowed.GetValueOrDefault(name)
        select $"{name}: {count} uses of a writer");

    [Fact]
    public void LiveViews_AreTheOnesThatWereLookedAt() => Assert.Equal(
        ["DemoCommand.cs", "LiveDemoView.cs", "GatewayCommand.cs", "LiveGatewayView.cs", "BenchProgress.cs", "LiveTable.cs"],
        Repository.CSharpFiles(Tool).Where(path => File.ReadAllText(path).Contains("using Spectre.Console", StringComparison.Ordinal)).Select(Path.GetFileName)
            .OrderBy(name => Array.IndexOf(["DemoCommand.cs", "LiveDemoView.cs", "GatewayCommand.cs", "LiveGatewayView.cs", "BenchProgress.cs", "LiveTable.cs"], name)));

    // System.Console, and the two writers behind a ToolConsole.
    [GeneratedRegex(@"(?<![\w.])Console\.(?!Open|Is)|\b_?console\.(Out|Error)\b|\bOutput\.Write")]
    private static partial Regex Writer();
}
