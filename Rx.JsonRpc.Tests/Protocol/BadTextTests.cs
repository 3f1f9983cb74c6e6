using System.Text.Json;
using Rx.JsonRpc.Tests.Listening;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Protocol;

/// <summary>Half a surrogate pair: a text that JSON cannot carry is the fault of who wrote it.</summary>
public sealed class BadTextTests
{
    private const string Half = "\ud800";

    [Theory]
    [InlineData("typed")]
    [InlineData("element")]
    [InlineData("raw")]
    [InlineData("later")]
    public void Listener_HandlerThatReadsIt_AnswersThatTheParametersAreInvalid(string method)
    {
        Host host = Host.With(new MethodTable()
            .On(Method<string[], string>.Create("typed"), static texts => texts[0])
            .On(Method<JsonElement, string>.Create("element"), static element => element[0].GetString()!)
            .On("raw", static parameters => RawJson.Parse($"\"{JsonDocument.Parse(parameters.Utf8).RootElement[0].GetString()}\""))
            .On("later", static (parameters, _) => ValueTask.FromResult(RawJson.Parse($"\"{parameters.To(Raw.Reflected<string[]>())![0]}\""))));

        string? answer = host.Connect().Ask($$"""{"jsonrpc":"2.0","method":"{{method}}","params":["\ud800"],"id":1}""");

        Assert.Contains("-32602", answer);
        Assert.Empty(host.Failures);
    }

    [Fact]
    public void Listener_HandlerThatFailsForAnotherReason_StillAnswersAnInternalError()
    {
        Host host = Host.With(new MethodTable()
            .On("broken", static RawJson (_) => throw new InvalidOperationException("own"))
            .On("reads", static parameters => RawJson.Parse($"\"{JsonDocument.Parse(parameters.Utf8).RootElement[0].GetString()}\"")));

        Assert.Contains("-32603", host.Connect().Ask("""{"jsonrpc":"2.0","method":"broken","params":["\ud800"],"id":1}"""));
        Assert.Contains("-32603", host.Connect().Ask("""{"jsonrpc":"2.0","method":"reads","params":[1],"id":1}"""));
        Assert.Equal(2, host.Failures.Count);
    }

    [Fact]
    public void Listener_ErrorThatHoldsIt_IsSentAsText()
    {
        Host host = Host.With(new MethodTable().On("m", static RawJson (_) => throw new ErrorReplyException(new JsonRpcError(1, Half))));

        Assert.Contains("\ufffd", JsonDocument.Parse(host.Connect().Ask("""{"jsonrpc":"2.0","method":"m","id":1}""")!).RootElement.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public void Listener_MethodNameThatHoldsIt_IsAnInvalidRequest() =>
        Assert.Contains("-32600", Host.With(new MethodTable()).Connect().Ask("""{"jsonrpc":"2.0","method":"\ud800","id":1}"""));

    [Fact]
    public void Client_ParametersThatHoldIt_AreRefusedLocally()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world.AdvanceTo(10);

        foreach (object parameters in new object[] { new[] { Half }, new Dictionary<string, int> { [Half] = 1 } })
        {
            Answers<RawJson> answers = world.Subscribe(client.Request(new Method<object, RawJson>("m", Raw.Reflected<object>(), Raw.TypeInfo), parameters));
            Assert.Equal(Written.NotWritten, answers.Failure<InvalidParametersException>().Written);
        }
        Assert.Empty(world["a"].Calls);
    }

    [Theory]
    [InlineData("\ufffd")]
    [InlineData("\\ufffd")]
    [InlineData("\\\ufffd\ud83d\ude00")]
    public void Client_ParametersThatHoldAReplacementOfTheirOwn_AreSent(string text)
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");

        world.Subscribe(client.Request(new Method<string[], RawJson>("m", Raw.Reflected<string[]>(), Raw.TypeInfo), [text]));
        world.AdvanceTo(10);

        Assert.Equal(text, JsonDocument.Parse(Assert.Single(world["a"].Calls).Parameters).RootElement[0].GetString());
    }

    [Fact]
    public void Client_MethodNameThatHoldsIt_IsAnArgumentFault()
    {
        Assert.Contains("surrogate", Assert.Throws<ArgumentException>(static () => Raw.Method($"m{Half}")).Message);
        Assert.Equal("m😀", Raw.Method("m😀").Name);
    }
}
