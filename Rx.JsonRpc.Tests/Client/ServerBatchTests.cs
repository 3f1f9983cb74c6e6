using System.Text;
using System.Text.Json;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>A batch from a server is answered by one array.</summary>
public class ServerBatchTests
{
    private readonly ClientInVirtualTime _world = new();
    private readonly List<string> _frames = [];

    [Fact]
    public void Batch_SomeKnownSomeUnknownSomeNotifications_IsAnsweredByOneArrayWhenTheLastIsThere()
    {
        JsonRpcClient client = Client();
        Answers<ServerRequest> asked = _world.Subscribe(client.CallsTo("m"));
        Answers<ServerNotification> pushed = _world.Subscribe(client.Notifications);

        Send($"[{Call("m", 1)},{Call("unknown", 2)},{Call("m", 3)},{{\"jsonrpc\":\"2.0\",\"method\":\"n\"}}]");
        Assert.True(asked.Values[1].Value.TryAnswer(RawJson.Parse("30")));
        Assert.Empty(_frames);
        Assert.True(asked.Values[0].Value.TryAnswer(RawJson.Parse("10")));

        Assert.Equal(["1: 10", "2: error -32601", "3: 30"], Replies(Assert.Single(_frames)).Order());
        Assert.Single(pushed.Values);
    }

    [Fact]
    public void Batch_OfOneCall_IsAnArrayToo()
    {
        JsonRpcClient client = Client();
        client.Calls.Subscribe(request => request.TryAnswer(default));

        Send($"[{Call("m", 1)}]");

        Assert.Equal(["1: null"], Replies(Assert.Single(_frames)));
    }

    [Fact]
    public void Batch_OfNotificationsAndReplies_IsNotAnswered()
    {
        JsonRpcClient client = Client();
        client.Notifications.Subscribe();

        Send("""[{"jsonrpc":"2.0","method":"n"},{"jsonrpc":"2.0","result":1,"id":99}]""");

        Assert.Empty(_frames);
    }

    [Fact]
    public void Batch_OneIsNotAnsweredInTime_TheOthersWaitForItsError()
    {
        JsonRpcClient client = Client(options => options with { ServerCallTimeout = TimeSpan.FromSeconds(1) });
        Answers<ServerRequest> asked = _world.Subscribe(client.Calls);
        Send($"[{Call("m", 1)},{Call("m", 2)}]");
        asked.Values[0].Value.TryAnswer(default);

        _world.AdvanceTo(1000);

        Assert.Equal(["1: null", "2: error -32603"], Replies(Assert.Single(_frames)));
    }

    [Fact]
    public void Batch_AnswersAreTooLongForOneFrame_TheLastOnesBecomeErrors()
    {
        JsonRpcClient client = Client(options => options with { MaxFrameBytes = 500 });
        client.Calls.Subscribe(request => request.TryAnswer(RawJson.Parse($"\"{new string('x', 300)}\"")));

        Send($"[{Call("m", 1)},{Call("m", 2)}]");

        string frame = Assert.Single(_frames);
        Assert.True(frame.Length <= 500);
        Assert.Equal(["1", "2"], Replies(frame).Select(reply => reply[..1]));
        Assert.EndsWith("error -32603", Replies(frame)[1]);
    }

    [Fact]
    public void Batch_ConnectionEndsBeforeTheLastAnswer_GivesBackWhatItHeld()
    {
        JsonRpcClient client = Client(options => options with { MaxPushedBytes = 2000 });
        Answers<ServerRequest> asked = _world.Subscribe(client.Calls);
        for (int i = 0; i < 10; i++)
        {
            Send($"[{Call("m", 1)},{Call("m", 2)}]");
            Assert.True(asked.Values[^2].Value.TryAnswer(RawJson.Parse($"\"{new string('x', 500)}\"")));
            _world["a"].Connection!.Dispose();
            _world.AdvanceTo(1000 * (i + 1));
        }

        Assert.Equal(20, asked.Values.Count);
        Assert.Empty(_frames);
    }

    private JsonRpcClient Client(Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
    {
        JsonRpcClient client = _world.Client("a", change);
        _world["a"].OnUnreadable = _frames.Add;
        return client;
    }

    private static string Call(string method, int id) => $$"""{"jsonrpc":"2.0","method":"{{method}}","id":{{id}}}""";

    private void Send(string payload) => _world["a"].Connection!.TrySend(Encoding.UTF8.GetBytes(payload));

    private static string[] Replies(string frame)
    {
        using JsonDocument document = JsonDocument.Parse(frame);
        Assert.Equal(JsonValueKind.Array, document.RootElement.ValueKind);
        return [.. document.RootElement.EnumerateArray().Select(reply =>
            $"{reply.GetProperty("id").GetRawText()}: {(reply.TryGetProperty("error", out JsonElement error) ? $"error {error.GetProperty("code").GetInt32()}" : reply.GetProperty("result").GetRawText())}")];
    }
}
