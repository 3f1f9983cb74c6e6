using System.Text.RegularExpressions;

namespace Rx.JsonRpc.Tests.Tool;

public class DemoCommandTests
{
    [Fact]
    public async Task Demo_Shortened_ResumesEveryPieceOfWorkOnce()
    {
        ToolRun run = await ToolRun.Of("demo", "--phase", "800ms");
        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Equal(Number(run, "calls made"), Number(run, "resumed exactly once"));
        Assert.True(Number(run, "moved to another server") > 0);
        Assert.All(["A (priority 2)", "B (priority 2)", "C (priority 1)"], server => Assert.True(Number(run, $"answered by {server}") > 0));
        Assert.All(["resumed more than once", "never resumed", "lost"], line => Assert.Equal(0, Number(run, line)));
        Assert.Contains("A is back on its old port", run.Out);
        Assert.DoesNotContain('\u001b', run.Out);
    }

    [Fact]
    public async Task Demo_Interrupted_Is130()
    {
        using var stop = new CancellationTokenSource(200);
        Assert.Equal(130, (await ToolRun.Of(["demo"], stop.Token)).Code);
    }

    private static int Number(ToolRun run, string line) =>
        int.Parse(
            Regex.Match(run.Out, $"^{Regex.Escape(line)} +([0-9,]+)$", RegexOptions.Multiline).Groups[1].Value,
            System.Globalization.NumberStyles.AllowThousands,
            System.Globalization.CultureInfo.InvariantCulture);
}
