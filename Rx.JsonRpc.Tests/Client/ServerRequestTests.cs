using System.Text;
using System.Text.Json;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What a server asks of the client, and what it hears.</summary>
public class ServerRequestTests
{
    private readonly ClientInVirtualTime _world = new();
    private readonly List<(long At, string Id, string Answer)> _heard = [];

    [Fact]
    public void CallsTo_Subscribed_GetsTheRequestAndAnswersOnce()
    {
        JsonRpcClient client = Client();
        Answers<ServerRequest> asked = _world.Subscribe(client.CallsTo("get_load"));

        Ask("get_load", "\"s1\"", """{"cpu":1}""");

        ServerRequest request = Assert.Single(asked.Values).Value;
        Assert.Equal(
            (client.Groups[0].Servers[0].Address, "get_load", """{"cpu":1}""", "\"s1\""),
            (request.Server, request.Method, request.Parameters.ToString(), request.Id.ToString()));
        Assert.True(request.TryAnswer(RawJson.Parse("0.7")));
        Assert.False(request.TryAnswer(RawJson.Parse("0.8")));
        Assert.False(request.TryFail(new JsonRpcError(1, "late")));
        _world.Clock.Start();
        Assert.Equal([(0, "\"s1\"", "0.7")], _heard);
        Assert.Equal(0, _world.Now);
    }

    [Fact]
    public void CallsTo_TypedAnswerAndError_AreWritten()
    {
        JsonRpcClient client = Client();
        client.CallsTo("typed").Subscribe(request => request.TryAnswer([1, 2], ReflectedJson.Of<int[]>()));
        client.CallsTo("failing").Subscribe(request => request.TryFail(new JsonRpcError(7, "no")));
        client.CallsTo("get_load").Subscribe(request => request.TryAnswer(RawJson.Parse("0.7")));
        client.CallsTo("empty").Subscribe(request => request.TryAnswer(default));

        Ask("typed", "1");
        Ask("failing", "2");
        Ask("empty", "3");
        Ask("get_load", "4");

        Assert.Equal([(0, "1", "[1,2]"), (0, "2", "error 7"), (0, "3", "null"), (0, "4", "0.7")], _heard);
    }

    [Fact]
    public void Calls_GetsWhatNobodyElseTakes()
    {
        JsonRpcClient client = Client();
        Answers<ServerRequest> own = _world.Subscribe(client.CallsTo("own"));
        Ask("other", "1");
        Answers<ServerRequest> rest = _world.Subscribe(client.Calls);
        Ask("other", "2");
        Ask("own", "3");
        rest.Subscription.Dispose();
        own.Subscription.Dispose();
        Ask("other", "4");
        Ask("own", "5");

        Assert.Equal("3", Assert.Single(own.Values).Value.Id.ToString());
        Assert.Equal("2", Assert.Single(rest.Values).Value.Id.ToString());
        Assert.Equal([(0, "1", "error -32601"), (0, "4", "error -32601"), (0, "5", "error -32601")], _heard);
    }

    [Fact]
    public void Unanswered_TimeIsOver_IsAnsweredForTheHost()
    {
        JsonRpcClient client = Client(options => options with { ServerCallTimeout = TimeSpan.FromSeconds(3) });
        Answers<ServerRequest> asked = _world.Subscribe(client.Calls);
        Ask("m", "1");
        _world.AdvanceTo(1000);
        Ask("m", "2");
        asked.Values[1].Value.TryAnswer(RawJson.Parse("true"));

        _world.AdvanceTo(60_000);

        Assert.Equal([(1000, "2", "true"), (3000, "1", "error -32603")], _heard);
        Assert.False(asked.Values[0].Value.TryAnswer(RawJson.Parse("true")));
    }

    [Fact]
    public void Open_AsManyAsTheBound_TheNextIsRefusedUntilOneIsAnswered()
    {
        JsonRpcClient client = Client(options => options with { MaxOpenServerCalls = 2 });
        Answers<ServerRequest> asked = _world.Subscribe(client.Calls);
        for (int id = 1; id <= 3; id++) Ask("m", $"{id}");
        asked.Values[0].Value.TryAnswer(RawJson.Parse("true"));
        Ask("m", "4");

        Assert.Equal(["1", "2", "4"], asked.Values.Select(request => request.Value.Id.ToString()));
        Assert.Equal([(0, "3", "error -32090"), (0, "1", "true")], _heard);
    }

    [Fact]
    public void Open_ParametersAsLongAsTheBound_TheNextIsRefusedUntilOneIsAnswered()
    {
        JsonRpcClient client = Client(options => options with { MaxFrameBytes = 600, MaxQueuedBytesPerConnection = 600 });
        Answers<ServerRequest> asked = _world.Subscribe(client.Calls);
        string parameters = $"[\"{new string('x', 296)}\"]";
        for (int id = 1; id <= 3; id++) Ask("m", $"{id}", parameters);
        asked.Values[0].Value.TryAnswer(default);
        Ask("m", "4", parameters);

        Assert.Equal(["1", "2", "4"], asked.Values.Select(request => request.Value.Id.ToString()));
        Assert.Equal([(0, "3", "error -32090"), (0, "1", "null")], _heard);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Answer_TooLongForAFrame_BecomesAnError(int beyond, bool fails)
    {
        JsonRpcClient client = Client(options => options with { MaxFrameBytes = 200 });
        int around = """{"jsonrpc":"2.0","result":"","id":1}""".Length;
        client.Calls.Subscribe(request => request.TryAnswer(RawJson.Parse($"\"{new string('x', 200 - around + beyond)}\"")));

        Ask("m", "1");

        Assert.Equal(fails, Assert.Single(_heard).Answer == "error -32603");
    }

    [Fact]
    public void Answer_NoWriterOrNoError_IsRefusedAndTheRequestCanStillBeAnswered()
    {
        JsonRpcClient client = Client();
        Answers<ServerRequest> asked = _world.Subscribe(client.Calls);
        Ask("m", "1");
        ServerRequest request = asked.Values[0].Value;

        Assert.Equal("typeInfo", Assert.Throws<ArgumentNullException>(() => request.TryAnswer(1, null!)).ParamName);
        Assert.Equal("error", Assert.Throws<ArgumentNullException>(() => request.TryFail(null!)).ParamName);

        Assert.True(request.TryAnswer(RawJson.Parse("7")));
    }

    [Fact]
    public void Observers_NotInline_AreCalledFromTheContinuationsAndMoreThanFitAreRefused()
    {
        var later = new Later();
        JsonRpcClient client = Client(options => options with { Continuations = later, MaxQueuedEvents = 2 });
        later.Run();
        Answers<ServerRequest> asked = _world.Subscribe(client.Calls);
        for (int id = 1; id <= 5; id++) Ask("m", $"{id}");

        Assert.True(asked.Silent);
        Assert.Equal(["3", "4", "5"], _heard.Select(answer => answer.Id));
        Assert.All(_heard, answer => Assert.Equal("error -32090", answer.Answer));
        later.Run();
        Assert.Equal(["1", "2"], asked.Values.Select(request => request.Value.Id.ToString()));
    }

    [Fact]
    public void Observers_UnsubscribedMeanwhile_TheRequestIsAnsweredAllTheSame()
    {
        var later = new Later();
        JsonRpcClient client = Client(options => options with { Continuations = later });
        Answers<ServerRequest> asked = _world.Subscribe(client.CallsTo("m"));
        Ask("m", "1");
        asked.Subscription.Dispose();
        later.Run();

        Assert.True(asked.Silent);
        Assert.Equal([(0, "1", "error -32601")], _heard);
    }

    [Fact]
    public void ConnectionLost_TheAnswerIsInertAndTheNextConnectionHearsNothing()
    {
        JsonRpcClient client = Client();
        Answers<ServerRequest> asked = _world.Subscribe(client.Calls);
        Ask("m", "1");
        _world["a"].Connection!.Dispose();
        _world.AdvanceTo(1000);
        Assert.Equal(2, _world["a"].Accepted.Count);

        Assert.False(asked.Values[0].Value.TryAnswer(RawJson.Parse("true")));
        _world.AdvanceTo(60_000);

        Assert.Empty(_heard);
    }

    [Fact]
    public void ConnectionLost_ForGood_NoTimerIsLeft()
    {
        JsonRpcClient client = Client(options => options with { MaxConnectionAttempts = 0 });
        _world.Subscribe(client.Calls);
        Ask("m", "1");
        _world["a"].Kill();

        _world.Clock.Start();

        Assert.Equal(0, _world.Now);
    }

    [Fact]
    public async Task Dispose_CompletesTheObservablesAndMakesAnswersInert()
    {
        JsonRpcClient client = Client();
        Answers<ServerRequest> rest = _world.Subscribe(client.Calls);
        Answers<ServerRequest> own = _world.Subscribe(client.CallsTo("own"));
        Ask("own", "1");

        await client.DisposeAsync();

        Assert.Equal((0, 0), (rest.CompletedAt, own.CompletedAt));
        Assert.False(own.Values[0].Value.TryAnswer(RawJson.Parse("true")));
        Assert.NotNull(_world.Subscribe(client.CallsTo("new")).CompletedAt);
        Assert.NotNull(_world.Subscribe(client.Calls).CompletedAt);
        _world.AdvanceTo(60_000);
        Assert.Empty(_heard);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Flood_ServerDoesNotReadItsAnswers_IsBoundedAndTheConnectionStays(bool handled)
    {
        var network = new InMemoryNetwork(_world.Clock);
        var a = new ScriptedServer(network, new InMemoryEndPoint("a"), _world.Clock);
        JsonRpcClientOptions options = network.ClientOptions(a.WithPriority(1)) with { MaxFrameBytes = 1000, MaxQueuedBytesPerConnection = 10_000 };
        var client = new JsonRpcClient(options, _world.Clock);
        client.Start();
        int asked = 0;
        if (handled) client.Calls.Subscribe(_ => asked++);
        network.At("a").Latency(TimeSpan.FromHours(1), TimeSpan.Zero);

        for (int id = 0; id < 5000; id++) a.Push($$"""{"jsonrpc":"2.0","method":"m","id":{{id}}}""");

        Server server = client.Groups[0].Servers[0];
        Assert.Equal(ServerState.Connected, server.State);
        Assert.Equal(handled ? 1024 : 0, asked);
        // 64 KiB in the network and 10,000 bytes in the queue hold about a thousand answers.
        Assert.InRange(server.DroppedFor(DropReason.QueueFull), 2000, 4500);
    }

    private JsonRpcClient Client(Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
    {
        JsonRpcClient client = _world.Client("a", change);
        _world["a"].OnUnreadable = Hear;
        return client;
    }

    private void Ask(string method, string id, string parameters = "[]") => _world["a"].Connection!.TrySend(
        Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","method":"{{method}}","params":{{parameters}},"id":{{id}}}"""));

    private void Hear(string reply)
    {
        JsonElement root = JsonDocument.Parse(reply).RootElement;
        string answer = root.TryGetProperty("error", out JsonElement error)
            ? $"error {error.GetProperty("code").GetInt32()}"
            : root.GetProperty("result").GetRawText();
        _heard.Add((_world.Now, root.GetProperty("id").GetRawText(), answer));
    }
}
