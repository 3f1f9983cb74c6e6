using System.Diagnostics;
using System.Globalization;

namespace Rx.JsonRpc.Tests.Rules;

/// <summary>
/// What is written for machines or read back is the same under any culture: the tests of formatting and parsing run once more, each time in
/// a process of its own. Swedish writes a negative number with U+2212 and a decimal comma, Turkish has an i of its own.
/// </summary>
public sealed class CultureTests
{
    [Theory]
    [InlineData("sv-SE")]
    [InlineData("tr-TR")]
    public async Task FormattingAndParsing_UnderACulture_AreTheSame(string culture)
    {
        // The parts that write or read text; not this class again, and not what counts the calls of a second.
        string[] classes =
        [
            "Contracts.*", "Framing.*", "Protocol.*", "Recording.*", "Tool.DurationsTests", "Tool.ReplayCommandTests", "Tool.CallCommandTests",
            "Tool.GatewayConfigTests", "Tool.ImportCommandTests", "Client.FailureMessageTests",
        ];
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        string[] arguments = ["-noColor", "-culture", culture, "-method-", "*.Bench_Record_CanBeReplayed"];
        foreach (string argument in arguments.Concat(classes.SelectMany(static name => new[] { "-class", $"Rx.JsonRpc.Tests.{name}" })))
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment["LC_ALL"] = $"{culture.Replace('-', '_')}.UTF-8";

        using Process run = Process.Start(start)!;
        string output = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, output);
        Assert.DoesNotContain("Total: 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Cultures_AreReal_InTheTests()
    {
        Assert.StartsWith("\u2212", (-1).ToString(CultureInfo.GetCultureInfo("sv-SE")));
        Assert.Equal("\u0130", "i".ToUpper(CultureInfo.GetCultureInfo("tr-TR")));
    }
}
