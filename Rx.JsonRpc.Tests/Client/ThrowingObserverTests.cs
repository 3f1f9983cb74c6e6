using System.IO.Pipelines;
using System.Reactive.Linq;
using System.Text;
using System.Text.Json;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What the host's code throws when the client calls it: reported, never the end of the process or of a connection.</summary>
public class ThrowingObserverTests
{
    private static readonly InvalidOperationException Oops = new("oops");

    private readonly ClientInVirtualTime _world = new();
    private readonly List<string> _answers = [];

    [Fact]
    public void CallsTo_HandlerThrows_IsAnsweredAsAnInternalErrorAndTheNextIsServed()
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures);
        client.CallsTo("m").Subscribe(request =>
        {
            if (request.Id == RawJson.Parse("1")) throw Oops;
            request.TryAnswer(default);
        });

        Ask("m", 1);
        Ask("m", 2);

        Assert.Equal(2, _answers.Count);
        Assert.Contains("-32603", _answers[0]);
        Assert.DoesNotContain("oops", _answers[0]);
        Assert.Contains("\"result\":null", _answers[1]);
        ClientFailure failure = Assert.Single(failures.Values).Value;
        Assert.Equal(("m", client.Groups[0].Servers[0].Address), (failure.Where, failure.Server));
        Assert.Same(Oops, failure.Exception);
        Assert.Equal(1, client.Snapshot().Failures);
    }

    [Fact]
    public void Calls_HandlerThrowsAnErrorOfItsOwn_IsTheAnswerAndNoFailure()
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures);
        client.Calls.Subscribe(_ => throw new ErrorReplyException(new JsonRpcError(7, "no")));

        Ask("m", 1);

        Assert.Contains("\"code\":7", Assert.Single(_answers));
        Assert.True(failures.Silent);
    }

    [Fact]
    public void CallsTo_HandlerReadsParametersThatAreNoText_AnswersThatTheParametersAreInvalid()
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures);
        client.CallsTo("m").Subscribe(request =>
            request.TryAnswer(RawJson.Parse($"\"{JsonDocument.Parse(request.Parameters.Utf8).RootElement[0].GetString()}\"")));

        Send("""{"jsonrpc":"2.0","method":"m","params":["\ud800"],"id":1}""");

        Assert.Contains("-32602", Assert.Single(_answers));
        Assert.True(failures.Silent);
    }

    [Fact]
    public void Calls_HandlerThrowsAfterItsAnswer_TheAnswerStandsAndItIsReported()
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures);
        client.Calls.Subscribe(request =>
        {
            request.TryAnswer(default);
            throw Oops;
        });

        Ask("m", 1);

        Assert.Contains("\"result\":null", Assert.Single(_answers));
        Assert.Single(failures.Values);
    }

    public static TheoryData<string> Observables => [nameof(JsonRpcClient.Notifications), nameof(JsonRpcClient.Changes), nameof(JsonRpcClient.Diagnostics), nameof(JsonRpcClient.Records)];

    [Theory]
    [MemberData(nameof(Observables))]
    public void HotObservable_ObserverThrows_IsUnsubscribedAndReportedAndTheOthersGoOn(string name)
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures);
        int thrown = 0;
        int seen = 0;
        Subscribe(client, name, () =>
        {
            thrown++;
            throw Oops;
        });
        Subscribe(client, name, () => seen++);

        CauseAll(client);
        int before = seen;
        CauseAll(client);

        Assert.Equal(1, thrown);
        Assert.True(before > 0 && seen > before);
        ClientFailure failure = Assert.Single(failures.Values).Value;
        Assert.Equal((name, null), (failure.Where, failure.Server));
        Assert.Same(Oops, failure.Exception);
        Assert.Equal("\"a\"", _world.Subscribe(client.Request("m")).Value.ToString());
    }

    [Fact]
    public async Task HotObservable_ObserverThrowsAtTheCompletion_IsReported()
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures);
        client.Notifications.Subscribe(_ => { }, () => throw Oops);

        await client.DisposeAsync();

        Assert.Equal(nameof(JsonRpcClient.Notifications), Assert.Single(failures.Values).Value.Where);
        Assert.NotNull(failures.CompletedAt);
    }

    [Fact]
    public void Failures_ObserverThrows_IsUnsubscribedAndOnlyCounted()
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures);
        int asked = 0;
        client.Failures.Subscribe(_ =>
        {
            asked++;
            throw Oops;
        });
        client.Calls.Subscribe(_ => throw Oops);

        Ask("m", 1);
        Ask("m", 2);

        Assert.Equal((1, 2), (asked, failures.Values.Count));
        Assert.Equal(3, client.Snapshot().Failures);
    }

    [Theory]
    [InlineData("result")]
    [InlineData("completed")]
    [InlineData("error")]
    [InlineData("timeout")]
    public void Request_ObserverThrows_IsReportedAndTheNextIsAnswered(string at)
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures);
        _world["a"].OnCall = call =>
        {
            if (at == "timeout" && call.Method == "m") return;
            if (at == "error" && call.Method == "m") call.Error(1, "no");
            else call.Result("1");
        };
        IDisposable request = client.Request("m").Subscribe(
            _ =>
            {
                if (at == "result") throw Oops;
            },
            _ => throw Oops,
            () =>
            {
                if (at == "completed") throw Oops;
            });
        _world.AdvanceTo(10_000);

        ClientFailure failure = Assert.Single(failures.Values).Value;
        Assert.Equal("m", failure.Where);
        Assert.Same(Oops, failure.Exception);
        Assert.Equal("1", _world.Subscribe(client.Request("n")).Value.ToString());
        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
        request.Dispose();
    }

    [Fact]
    public void NotifyAll_ObserverThrows_IsUnsubscribedAndReported()
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures, "a b");
        int asked = 0;
        client.NotifyAll("m").Subscribe(_ =>
        {
            asked++;
            throw Oops;
        });

        Assert.Equal(1, asked);
        Assert.Single(failures.Values);
    }

    [Fact]
    public void Resume_ContinuationThrows_IsReportedAndCalledOnce()
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures);
        int asked = 0;
        client.Call("m").Resume((Outcome<RawJson> _) =>
        {
            asked++;
            throw Oops;
        });

        Assert.Equal(1, asked);
        Assert.Single(failures.Values);
    }

    [Fact]
    public async Task Observers_OnTheThreadPool_DoNotEndTheProcess()
    {
        JsonRpcClient client = Client(out _, change: options => options with { Continuations = PipeScheduler.ThreadPool });
        var reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int count = 0;
        using IDisposable failures = client.Failures.Subscribe(_ =>
        {
            if (Interlocked.Increment(ref count) == 3) reported.TrySetResult();
        });
        using IDisposable pushed = client.Notifications.Subscribe(_ => throw Oops);
        using IDisposable calls = client.Calls.Subscribe(_ => throw Oops);

        Push("hello");
        Ask("m", 1);
        using IDisposable request = client.Request("m").Subscribe(_ => throw Oops);

        await reported.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Request_RefusedWhileItIsSubscribedAndNoOnError_IsReportedAndDoesNotReachTheSubscriber()
    {
        JsonRpcClient client = Client(out Answers<ClientFailure> failures);
        await client.DrainAsync(TimeSpan.Zero);

        client.Request("m").Subscribe(_ => { });

        ClientFailure failure = Assert.Single(failures.Values).Value;
        Assert.Equal("m", failure.Where);
        Assert.IsType<ServerUnavailableException>(failure.Exception);
    }

    private JsonRpcClient Client(
        out Answers<ClientFailure> failures, string servers = "a", Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
    {
        JsonRpcClient client = _world.Client(servers, change);
        _world["a"].OnUnreadable = _answers.Add;
        failures = _world.Subscribe(client.Failures);
        return client;
    }

    private void Ask(string method, int id) => Send($$"""{"jsonrpc":"2.0","method":"{{method}}","id":{{id}}}""");

    private void Push(string method) => Send($$"""{"jsonrpc":"2.0","method":"{{method}}"}""");

    private void Send(string payload) => _world["a"].Connection!.TrySend(Encoding.UTF8.GetBytes(payload));

    /// <summary>Something for the observers of each observable.</summary>
    private void CauseAll(JsonRpcClient client)
    {
        Push("hello");
        Send("nonsense");
        _world.Subscribe(client.Request("m"));
        client.Drain(client.Groups[0].Servers[0].Address);
        client.Enable(client.Groups[0].Servers[0].Address);
    }

    private static void Subscribe(JsonRpcClient client, string name, Action seen)
    {
        switch (name)
        {
            case nameof(JsonRpcClient.Notifications): client.Notifications.Subscribe(_ => seen()); break;
            case nameof(JsonRpcClient.Changes): client.Changes.Subscribe(_ => seen()); break;
            case nameof(JsonRpcClient.Diagnostics): client.Diagnostics.Subscribe(_ => seen()); break;
            case nameof(JsonRpcClient.Records): client.Records.Subscribe(_ => seen()); break;
            default: throw new ArgumentException(name);
        }
    }
}
