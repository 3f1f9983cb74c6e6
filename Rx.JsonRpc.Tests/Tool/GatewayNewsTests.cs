using System.Reactive.Subjects;
using Rx.JsonRpc.Tool.Gateway;

namespace Rx.JsonRpc.Tests.Tool;

public class GatewayNewsTests
{
    [Fact]
    public async Task News_ThatNobodyReads_AreKeptUpToABoundAndTheRestIsCounted()
    {
        var source = new Subject<GatewayEvent>();
        var news = new GatewayNews(most: 2);
        using IDisposable taking = news.Take(source);
        for (int i = 0; i < 5; i++) source.OnNext(Event($"{i}"));
        source.OnCompleted();

        var told = new List<string>();
        await news.TellAsync(happened => told.Add(happened.Event));

        Assert.Equal(["0", "1"], told);
        Assert.Equal(3, news.Dropped);
    }

    [Fact]
    public void Event_OfTextFromTheNetwork_IsOneLineWithoutControls()
    {
        GatewayEvent hostile = Event("problem", ("detail", "1:2 a\u001b[2Jb\r\nc\u0085d\u2028e"));
        Assert.EndsWith("problem detail 1:2 a [2Jb  c d e", hostile.ToString());
        Assert.DoesNotContain(hostile.ToJson(), c => char.IsControl(c));
    }

    private static GatewayEvent Event(string name, params IReadOnlyList<(string, object)> members) => new(name, DateTimeOffset.UnixEpoch, members);
}
