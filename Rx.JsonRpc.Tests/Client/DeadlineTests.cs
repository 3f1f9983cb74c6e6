using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class DeadlineTests
{
    private static readonly Backoff Every100 = Backoff.Constant(TimeSpan.FromMilliseconds(100));

    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void Deadline_BeforeTheTotalTimeout_EndsTheTryAndNamesItself()
    {
        JsonRpcClient client = Silent("a");

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Until(200)));
        _world.AdvanceTo(199);
        Assert.True(answers.Silent);
        _world.AdvanceTo(60_000);

        RequestTimeoutException failure = answers.Failure<RequestTimeoutException>();
        Assert.Equal(200, answers.Error!.Value.At);
        Assert.Equal("timeout", Outcome<RawJson>.From(failure).Reason);
        Assert.StartsWith("m: no reply in time after 1 attempt within the deadline of 200 ms: ", failure.Message);
        Assert.EndsWith("Give a later deadline, or add a server that answers", failure.Message);
        Assert.Equal(Written.MaybeExecuted, failure.Written);
        Attempt attempt = Assert.Single(failure.Attempts);
        Assert.Equal((AttemptEnd.TimedOut, 200.0), (attempt.End, attempt.Took.TotalMilliseconds));
        Assert.Contains("deadline", attempt.Reason);
        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
    }

    [Fact]
    public void Deadline_AfterTheTotalTimeout_ChangesNothing()
    {
        JsonRpcClient client = Silent("a");

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Until(201) with { TotalTimeout = Milliseconds(200) }));
        _world.AdvanceTo(1000);

        Assert.Equal(200, answers.Error!.Value.At);
        string message = answers.Failure<RequestTimeoutException>().Message;
        Assert.Contains("within the total timeout of 200 ms", message);
        Assert.EndsWith("Raise the timeouts, or add a server that answers", message);
    }

    [Fact]
    public void Deadline_IsAbsolute_ALaterSubscriptionHasLess()
    {
        JsonRpcClient client = Silent("a");
        IObservable<RawJson> request = client.Request("m", policy: Until(300));

        Answers<RawJson> first = _world.Subscribe(request);
        _world.AdvanceTo(250);
        Answers<RawJson> second = _world.Subscribe(request);
        _world.AdvanceTo(1000);

        Assert.Equal((300, 300), (first.Error!.Value.At, second.Error!.Value.At));
        Assert.Contains("deadline of 50 ms", second.Failure<RequestTimeoutException>().Message);
    }

    [Theory]
    [InlineData(0)]
    // What is left is -1 ms then, which is .NET's word for "no bound".
    [InlineData(1)]
    [InlineData(5000)]
    public void Deadline_Passed_FailsAtOnceAndNothingIsSent(int before)
    {
        JsonRpcClient client = Silent("a b");
        _world.AdvanceTo(5000);

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Until(5000 - before) with { Retries = -1, Replay = Replay.Always }));

        RequestTimeoutException failure = answers.Failure<RequestTimeoutException>();
        Assert.Equal(5000, answers.Error!.Value.At);
        Assert.Equal((Written.NotWritten, "m", null), (failure.Written, failure.Method, failure.Server));
        Assert.Empty(failure.Attempts);
        Assert.Contains("the deadline had passed before anything could be sent", failure.Message);
        Assert.Equal("timeout", Outcome<RawJson>.From(failure).Reason);
        _world.AdvanceTo(60_000);
        Assert.Empty(_world["a"].Calls);
        Assert.Empty(_world["b"].Calls);
    }

    [Fact]
    public void Deadline_NotificationAfterIt_IsNotSent()
    {
        JsonRpcClient client = _world.Client("a");

        Answers<System.Reactive.Unit> answers = _world.Subscribe(client.Notify("m", policy: Until(0)));

        Assert.Equal(Written.NotWritten, answers.Failure<RequestTimeoutException>().Written);
        Assert.Empty(_world["a"].Calls);
    }

    [Fact]
    public void Deadline_SeveralSilentServers_BoundsThemAllAndStartsNoTryOnIt()
    {
        JsonRpcClient client = Silent("a,3 b,2 c,1");

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Until(1000) with { Replay = Replay.Always }));
        _world.AdvanceTo(60_000);

        Assert.Equal(1000, answers.Error!.Value.At);
        Assert.Equal([500, 500], answers.Failure<RequestTimeoutException>().Attempts.Select(attempt => attempt.Took.TotalMilliseconds));
        Assert.Empty(_world["c"].Calls);
    }

    [Fact]
    public void Deadline_WhileWaitingForTheNextRound_EndsTheWaitWithTheRealCause()
    {
        JsonRpcClient client = _world.Client("a!", options => options with { MaxConnectionAttempts = 0 });

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Until(250) with { Retries = -1, Backoff = Every100 }));
        _world.AdvanceTo(60_000);

        NoServerException failure = answers.Failure<NoServerException>();
        Assert.Equal(250, answers.Error!.Value.At);
        Assert.Equal("failure", Outcome<RawJson>.From(failure).Reason);
        Assert.Contains("no server answered after 3 attempts within the deadline of 250 ms", failure.Message);
        Assert.Equal(Written.NotWritten, failure.Written);
        Assert.Equal([0, 100, 200], failure.Attempts.Select(attempt => attempt.StartedAfter.TotalMilliseconds));
    }

    [Fact]
    public void Deadline_TriesTimeOutBeforeIt_IsNotBlamed()
    {
        JsonRpcClient client = Silent("a");

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Until(2000) with { Replay = Replay.Always }));
        _world.AdvanceTo(500);

        Assert.EndsWith("Raise the timeouts, or add a server that answers", answers.Failure<RequestTimeoutException>().Message);
    }

    [Fact]
    public void Deadline_NextRoundIsDueAtThatVeryMoment_SendsNothing()
    {
        JsonRpcClient client = _world.Client("a!");
        // While its limit is the first, the clock is not asked for the other one's; so that one comes behind the next round.
        _world.Subscribe(client.Request("other", policy: Until(500) with { Retries = -1, Backoff = Backoff.Constant(Milliseconds(60_000)) }));
        Answers<RawJson> answers = _world.Subscribe(
            client.Request("m", policy: Until(1000) with { Retries = -1, Backoff = Backoff.Constant(Milliseconds(1000)) }));
        _world.AdvanceTo(850);
        _world["a"].Start();
        _world.AdvanceTo(900);
        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);

        _world.AdvanceTo(2000);

        Assert.Single(answers.Failure<NoServerException>().Attempts);
        Assert.Equal(1000, answers.Error!.Value.At);
        Assert.Empty(_world["a"].Calls);
    }

    [Fact]
    public void Deadline_TightAndMissedOften_SaysNothingAboutTheServer()
    {
        JsonRpcClient client = Silent("a");
        for (int i = 1; i <= 10; i++)
        {
            _world.Subscribe(client.Request("m", policy: Until(i * 20)));
            _world.AdvanceTo(i * 20);
        }

        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Options_PolicyWithADeadline_IsRefused()
    {
        string message = Assert.Throws<ArgumentException>(() => _world.Client("a", options => options with { Policy = Until(5) })).Message;

        Assert.Contains("Policy.Deadline is", message);
    }

    private JsonRpcClient Silent(string servers)
    {
        JsonRpcClient client = _world.Client(servers);
        foreach (string server in servers.Split(' ')) _world[server.Split(',')[0]].OnCall = _ => { };
        return client;
    }

    private static RequestPolicy Until(int milliseconds) => new() { Deadline = new DateTimeOffset(0, TimeSpan.Zero) + Milliseconds(milliseconds) };

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
