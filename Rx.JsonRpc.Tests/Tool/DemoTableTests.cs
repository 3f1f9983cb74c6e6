using Rx.JsonRpc.Tool.Demo;

namespace Rx.JsonRpc.Tests.Tool;

public class DemoTableTests
{
    [Fact]
    public async Task Demo_LastTable_HasTheNumbersOfTheSummary()
    {
        var view = new LastFrame();
        DemoSummary summary = await new DemoScript(TimeSpan.FromMilliseconds(300)).RunAsync(view, CancellationToken.None);
        Assert.Equal(summary.Answered.Select(each => (long)each.Answers), view.Frame!.Servers.Select(seen => seen.Answers));
        Assert.Equal(0, view.Frame.Suspended);
    }

    private sealed class LastFrame : IDemoView
    {
        public TimeSpan Interval => TimeSpan.FromMilliseconds(100);

        public DemoFrame? Frame { get; private set; }

        public void Phase(DemoFrame frame) => Frame = frame;

        public void Show(DemoFrame frame) => Frame = frame;
    }
}
