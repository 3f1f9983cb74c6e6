using System.Text;
using System.Text.Json;

namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>What SIP headers and servers' answers hold stays text on its way through the script, the event, and the answer.</summary>
[Collection(nameof(RealKamailio))]
public sealed class HostileHeadersTests
{
    private static readonly RequestPolicy Patient = new() { TryTimeout = TimeSpan.FromSeconds(10), TotalTimeout = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task Header_WithQuotesBackslashesAndControls_ReachesTheServerAsTheTextThatItIs()
    {
        string[] values =
        [
            "a\"b", "a\\", "\\\"", "'; DROP", "%s%n$var(rx_error)$$", "é☺", "a\u0001b\u001b[2J\u007f", "\",\"index\":1,\"label\":1,\"x\":\"",
            "\"}],\"method\":\"evil\"}", "{s.escape.common}", "\\u0000", "a\tb",
        ];
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Patient);

        foreach (string value in values)
        {
            Assert.StartsWith("SIP/2.0 200", await world.RawCallAsync("X-Method", Encoding.UTF8.GetBytes(value)));
            Assert.StartsWith("SIP/2.0 200", await world.RawCallAsync("X-Name", Encoding.UTF8.GetBytes(value)));
        }

        JsonElement[] requests = [.. backend.Requests.Select(request => JsonDocument.Parse(request).RootElement)];
        Assert.Equal(values, requests.Where((_, i) => i % 2 == 0).Select(request => request.GetProperty("method").GetString()));
        JsonElement[] named = [.. requests.Where((_, i) => i % 2 == 1).Select(request => request.GetProperty("params"))];
        Assert.Equal(values, named.Select(parameters => parameters.GetProperty("name").GetString()));
        Assert.All(named, parameters => Assert.Single(parameters.EnumerateObject()));
        world.AssertNoneResumedTwice();
    }

    [Theory]
    [InlineData(new byte[] { 0xe9 })]
    [InlineData(new byte[] { 0xc0, 0xaf })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0x61, 0xff })]
    public async Task Header_ThatIsNotUtf8_IsAFailureAtOnceAndNothingIsSent(byte[] value)
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Patient);

        string answer = await world.RawCallAsync("X-Method", value);

        Assert.StartsWith("SIP/2.0 500", answer);
        Assert.Contains("\r\nX-Result: failure\r\n", answer);
        Assert.Empty(backend.Requests);
        Assert.Equal(0, world.Gateway.Counters.Requests);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-7,"message":"no\r\nX-Evil: 1\r\n\r\nbody"},"id":ID}""", "SIP/2.0 500")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-7,"message":"a\u0000b\ud800"},"id":ID}""", "SIP/2.0 500")]
    [InlineData("""{"jsonrpc":"2.0","result":"a\u0000\r\nX-Evil: 1 ☺ \ud800","id":ID}""", "SIP/2.0 200")]
    [InlineData("""{"jsonrpc":"2.0","result":123456789012345678901234567890,"id":ID}""", "SIP/2.0 200")]
    public async Task Reply_WithLineEndsAndNuls_AddsNoHeader(string reply, string expected)
    {
        await using var backend = new Backend { Behave = call => call.ReplyAsync(reply) };
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Patient);

        string answer = await world.RawCallAsync("X-None", "0"u8.ToArray());

        Assert.StartsWith(expected, answer);
        Assert.DoesNotContain("\r\nX-Evil", answer);
        Assert.Contains("\r\nX-Result: ", answer);
        Assert.EndsWith("\r\n\r\n", answer);
        world.AssertNoneResumedTwice();
    }
}
