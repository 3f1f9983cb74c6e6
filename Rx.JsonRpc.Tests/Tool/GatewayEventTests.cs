using System.Text.Json;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Tool.Gateway;
using Rx.JsonRpc.Tool.Logging;

namespace Rx.JsonRpc.Tests.Tool;

public class GatewayEventTests
{
    private static readonly ServerAddress Server = ServerList.Parse("127.0.0.1:1")[0];

    [Fact]
    public void Event_OfTextFromTheNetwork_IsOneLineWithoutControls()
    {
        GatewayEvent hostile = Event("problem", ("detail", "1:2 a\u001b[2Jb\r\nc\u0085d\u2028e"));
        Assert.EndsWith("problem detail 1:2 a [2Jb  c d e", hostile.ToString());
        Assert.DoesNotContain(hostile.ToJson(), c => char.IsControl(c));
    }

    [Fact]
    public void Event_HasItsLevelInTheLine()
    {
        Assert.Equal("warning", Member(Event("problem"), "level"));
        Assert.Contains(" warning problem", Event("problem").ToString());
    }

    [Fact]
    public void Event_AfterOthersThatWereLeftOut_SaysHowMany()
    {
        Assert.Equal("3", Member(Event("problem").After(3), "repeated"));
        Assert.Null(Member(Event("problem").After(0), "repeated"));
    }

    [Theory]
    [InlineData(ServerState.Connecting, false, "debug")]
    [InlineData(ServerState.Connected, false, "information")]
    [InlineData(ServerState.Waiting, false, "warning")]
    [InlineData(ServerState.Ejected, false, "warning")]
    [InlineData(ServerState.Retired, false, "warning")]
    [InlineData(ServerState.Retired, true, "information")]
    public void Change_OfAServer_HasTheLevelOfWhatItMeans(ServerState to, bool isStopping, string level) =>
        Assert.Equal(level, Member(GatewayEvent.Of("a", new ServerChange(Server, ServerState.Connecting, to, "", default), isStopping), "level"));

    [Theory]
    [InlineData(EvapiState.Connecting, "debug")]
    [InlineData(EvapiState.Connected, "information")]
    [InlineData(EvapiState.Waiting, "warning")]
    [InlineData(EvapiState.Closed, "information")]
    public void Change_OfASocket_HasTheLevelOfWhatItMeans(EvapiState to, string level) =>
        Assert.Equal(level, Member(GatewayEvent.Of(new EvapiChange(Server.EndPoint, EvapiState.Connecting, to, "", default)), "level"));

    private static GatewayEvent Event(string name, params IReadOnlyList<(string, object)> members) =>
        new(name, LogLevel.Warning, DateTimeOffset.UnixEpoch, members);

    private static string? Member(GatewayEvent happened, string name) =>
        JsonDocument.Parse(happened.ToJson()).RootElement.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;
}
