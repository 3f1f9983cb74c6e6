using System.Text.Json;
using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tests.Kamailio;

/// <summary>The token of a suspension: each answer to the event repeats it, whatever the outcome.</summary>
public class SuspensionTokenTests
{
    private readonly GatewayInVirtualTime _world = new();

    private FakeKamailio Kamailio => _world.Kamailio;

    [Theory]
    [InlineData("7", "7")]
    [InlineData("\"7\"", "7")]
    [InlineData("0", "0")]
    [InlineData("-2147483648", "-2147483648")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    public void Token_OfTheEvent_IsRepeated(string written, string repeated)
    {
        _world.Serve();
        Kamailio.Request(more: $",\"token\":{written}");
        Assert.Equal("1:10 OK result \"a\"", Kamailio.Answer.ToString());
        Assert.Equal(repeated, Token(Kamailio.Answer));
    }

    [Fact]
    public void Event_WithoutAToken_IsAnsweredWithoutOne()
    {
        _world.Serve();
        Kamailio.Request();
        Assert.Equal("1:10 OK result \"a\"", Kamailio.Answer.ToString());
        Assert.Null(Token(Kamailio.Answer));
    }

    [Fact]
    public void Token_OfARefusedEvent_IsRepeated()
    {
        _world.Serve(change: options => options with { MaxInFlight = 1 });
        _world.Time["a"].OnCall = _ => { };
        Kamailio.Request(1);
        Kamailio.Request(2, more: ",\"token\":5");
        Assert.Equal("2:10 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Equal("5", Token(Kamailio.Answer));
    }

    [Fact]
    public void Token_InFrontOfAFault_IsRepeated()
    {
        _world.Serve();
        Kamailio.Relay("""{"v":1,"event":"request","index":3,"label":4,"token":5,"error_route":"ERR","return_route":"OK","method":""");
        Assert.Equal("3:4 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Equal("5", Token(Kamailio.Answer));
    }

    [Fact]
    public void Token_OfAnAnswerThatIsTooLong_IsRepeated()
    {
        _world.Serve(change: options => options with { MaxAnswerBytes = 2048 });
        _world.Time["a"].OnCall = call => call.Result($"\"{new string('x', 3000)}\"");
        Kamailio.Request(more: ",\"token\":5");
        Assert.Equal("1:10 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Equal("5", Token(Kamailio.Answer));
    }

    [Fact]
    public async Task Token_OfATransactionThatIsCancelled_IsRepeated()
    {
        _world.Serve();
        _world.Time["a"].OnCall = _ => { };
        Kamailio.Request(more: ",\"token\":5");
        Task disposed = _world.Gateway.DisposeAsync().AsTask();
        _world.Time.AdvanceTo(2000);
        await disposed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal("1:10 ERR cancelled cancelled", Kamailio.Answer.ToString());
        Assert.Equal("5", Token(Kamailio.Answer));
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("\"x\"")]
    [InlineData("9223372036854775808")]
    [InlineData("null")]
    public void Token_ThatIsNoInteger_IsAFaultOfTheEvent(string token)
    {
        _world.Serve();
        Kamailio.Request(more: $",\"token\":{token}");
        Assert.Equal("1:10 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Contains("token", Kamailio.Answer.Error);
        Assert.Equal(EvapiProblem.BadEvent, Assert.Single(_world.Diagnostics).Problem);
    }

    private static string? Token(Answer answer) => answer.Json.TryGetProperty("token", out JsonElement token) ? token.GetRawText() : null;
}
