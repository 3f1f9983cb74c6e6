using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>a is asked first, b next; a second try starts 100 ms after the first.</summary>
public class HedgingTests
{
    private static readonly RequestPolicy Hedged = new() { Replay = Replay.Always, Hedge = Hedge.After(TimeSpan.FromMilliseconds(100)) };

    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void Call_FirstIsSilent_TheSecondAnswersAndTheFirstIsCancelled()
    {
        JsonRpcClient client = Client("a,2 b,1", "a");

        Answers<Reply<RawJson>> answers = Call(client, Hedged);
        _world.AdvanceTo(99);
        Assert.Empty(_world["b"].Calls);
        _world.AdvanceTo(100);

        Assert.Equal(("\"b\"", 100L), (answers.Value.Result.ToString(), answers.CompletedAt));
        AssertAttempts(
            answers.Value.Attempts,
            ("memory:a", AttemptEnd.Cancelled, Written.MaybeExecuted, 0, 100),
            ("memory:b", AttemptEnd.Result, Written.MaybeExecuted, 100, 0));
        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
        _world["a"].Calls[0].Result("1");
        Assert.Equal(1, client.Groups[0].Servers[0].DroppedFor(DropReason.LateReply));
    }

    [Fact]
    public void Call_FirstAnswersAfterAll_TheSecondIsCancelled()
    {
        JsonRpcClient client = Client("a,2 b,1", "a b");

        Answers<Reply<RawJson>> answers = Call(client, Hedged);
        _world.AdvanceTo(130);
        _world["a"].Calls[0].Result("1");

        Assert.Equal("1", answers.Value.Result.ToString());
        AssertAttempts(
            answers.Value.Attempts,
            ("memory:a", AttemptEnd.Result, Written.MaybeExecuted, 0, 130),
            ("memory:b", AttemptEnd.Cancelled, Written.MaybeExecuted, 100, 30));
        Assert.Equal(0, client.Groups[1].Servers[0].InFlight);
    }

    [Fact]
    public void Call_LoserHadNotLeft_IsNotWritten()
    {
        _world.Network.At("b").NeverConnect();
        JsonRpcClient client = Client("a,2 b,1", "a");

        Answers<Reply<RawJson>> answers = Call(client, Hedged);
        _world.AdvanceTo(130);
        _world["a"].Calls[0].Result("1");

        AssertAttempts(
            answers.Value.Attempts,
            ("memory:a", AttemptEnd.Result, Written.MaybeExecuted, 0, 130),
            ("memory:b", AttemptEnd.Cancelled, Written.NotWritten, 100, 30));
        _world.Network.At("b").Heal();
        Call(client, Hedged with { Hedge = null, TryTimeout = TimeSpan.FromMilliseconds(50), Replay = Replay.Always });
        _world.AdvanceTo(1000);
        Assert.Single(_world["b"].Calls);
    }

    [Theory]
    [InlineData(Replay.IfNotWritten, false, false)]
    [InlineData(Replay.IfNotWritten, true, true)]
    [InlineData(Replay.Always, false, true)]
    [InlineData(Replay.Never, true, false)]
    public void Call_MayNotRunTwice_IsNotHedged(Replay replay, bool idempotent, bool hedged)
    {
        JsonRpcClient client = Client("a,2 b,1", "a b");

        _world.Subscribe(client.Call(Raw.Method("m", idempotent), default, Hedged with { Replay = replay }));
        _world.AdvanceTo(499);

        Assert.Equal(hedged ? 1 : 0, _world["b"].Calls.Count);
    }

    [Fact]
    public void Call_ClientsOwnPolicyIsHedged_HoldsForItsRequests()
    {
        JsonRpcClient client = Client("a,2 b,1", "a", options => options with { Policy = Hedged });

        Answers<RawJson> answers = _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(100);

        Assert.Equal("\"b\"", answers.Value.ToString());
    }

    [Fact]
    public void Call_BudgetSpent_TheFirstGoesOnAlone()
    {
        JsonRpcClient client = Client("a,2 b,1", "a b", options => options with { RetryBudget = new RetryBudget { Ratio = 0, PerSecond = 0, Burst = 1 } });
        Call(client, Hedged);

        Answers<Reply<RawJson>> second = Call(client, Hedged);
        _world.AdvanceTo(300);
        Assert.Single(_world["b"].Calls);
        _world["a"].Calls[1].Result("1");

        AssertAttempts(second.Value.Attempts, ("memory:a", AttemptEnd.Result, Written.MaybeExecuted, 0, 300));
    }

    [Fact]
    public void Call_ServerForTheHedgeIsAway_TheNextOneIsAskedAtOnceAndTheTokenComesBack()
    {
        JsonRpcClient client = Client("a,3 b!,2 c,1", "a", options => options with { RetryBudget = new RetryBudget { Ratio = 0, PerSecond = 0, Burst = 1 } });

        Answers<Reply<RawJson>> answers = Call(client, Hedged);
        _world.AdvanceTo(100);

        AssertAttempts(
            answers.Value.Attempts,
            ("memory:a", AttemptEnd.Cancelled, Written.MaybeExecuted, 0, 100),
            ("memory:b", AttemptEnd.Unavailable, Written.NotWritten, 100, 0),
            ("memory:c", AttemptEnd.Result, Written.MaybeExecuted, 100, 0));
    }

    [Fact]
    public void Call_LoserHadNotLeft_ItsTokenComesBack()
    {
        _world.Network.At("b").NeverConnect();
        JsonRpcClient client = Client("a,2 b,1", "a", options => options with { RetryBudget = new RetryBudget { Ratio = 0, PerSecond = 0, Burst = 1 } });

        for (int i = 0; i < 3; i++)
        {
            Answers<Reply<RawJson>> answers = Call(client, Hedged);
            _world.AdvanceTo(_world.Now + 130);
            _world["a"].Calls[i].Result("1");

            Assert.Equal([AttemptEnd.Result, AttemptEnd.Cancelled], answers.Value.Attempts.Select(attempt => attempt.End));
        }
    }

    [Fact]
    public void Call_SecondIsLostBeforeTheFirstTimesOut_EndsAsATimeout()
    {
        JsonRpcClient client = Client("a,2 b,1", "a b");

        Answers<Reply<RawJson>> answers = Call(client, Hedged);
        _world.AdvanceTo(200);
        _world["b"].Kill();
        _world.AdvanceTo(500);

        RequestTimeoutException failure = answers.Failure<RequestTimeoutException>();
        Assert.Equal([AttemptEnd.TimedOut, AttemptEnd.ConnectionLost], failure.Attempts.Select(attempt => attempt.End));
        Assert.Equal("memory:a", failure.Server!.ToString());
    }

    [Fact]
    public void Call_BothFail_TheFailoverGoesOn()
    {
        JsonRpcClient client = Client("a,3 b,2 c,1", "a b");

        Answers<Reply<RawJson>> answers = Call(client, Hedged with { TryTimeout = TimeSpan.FromMilliseconds(150) });
        _world.AdvanceTo(249);
        Assert.Empty(_world["c"].Calls);
        _world.AdvanceTo(1000);

        AssertAttempts(
            answers.Value.Attempts,
            ("memory:a", AttemptEnd.TimedOut, Written.MaybeExecuted, 0, 150),
            ("memory:b", AttemptEnd.TimedOut, Written.MaybeExecuted, 100, 150),
            ("memory:c", AttemptEnd.Result, Written.MaybeExecuted, 250, 0));
    }

    [Fact]
    public void Call_NextRound_IsHedgedAnew()
    {
        JsonRpcClient client = Client("a,2 b,1", "a b");
        RequestPolicy policy = Hedged with { TryTimeout = TimeSpan.FromMilliseconds(150), Retries = 1, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(50)) };

        Answers<Reply<RawJson>> answers = Call(client, policy);
        _world.AdvanceTo(10_000);

        Assert.Equal(550, answers.Error!.Value.At);
        Assert.Equal([0, 100, 300, 400], answers.Failure<RequestTimeoutException>().Attempts.Select(attempt => attempt.StartedAfter.TotalMilliseconds));
    }

    [Fact]
    public void Call_ErrorReply_WinsAndNamesItsServer()
    {
        JsonRpcClient client = Client("a,2 b,1", "a b");

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Hedged));
        _world.AdvanceTo(130);
        _world["a"].Calls[0].Error(-32000, "busy");

        ErrorReplyException failure = answers.Failure<ErrorReplyException>();
        Assert.Equal("memory:a", failure.Server!.ToString());
        Assert.Contains("memory:a answered", failure.Message);
        Assert.Equal(2, failure.Attempts.Count);
    }

    [Fact]
    public void Call_RetryableErrorFromOne_TheOtherGoesOn()
    {
        JsonRpcClient client = Client("a,2 b,1", "a b");

        Answers<Reply<RawJson>> answers = Call(client, Hedged with { RetryOn = ErrorCodes.Parse("-32000") });
        _world.AdvanceTo(130);
        _world["a"].Calls[0].Error(-32000, "busy");
        Assert.True(answers.Silent);
        _world["b"].Calls[0].Result("2");

        Assert.Equal("2", answers.Value.Result.ToString());
        Assert.Equal([AttemptEnd.Error, AttemptEnd.Result], answers.Value.Attempts.Select(attempt => attempt.End));
    }

    [Fact]
    public void Call_UnreadableResultFromOne_EndsTheOtherToo()
    {
        JsonRpcClient client = Client("a,2 b,1", "a b");
        Method<RawJson, int[]> method = new("m", Raw.TypeInfo, Raw.Reflected<int[]>(), idempotent: true);

        Answers<int[]> answers = _world.Subscribe(client.Request(method, default, Hedged));
        _world.AdvanceTo(130);
        _world["b"].Calls[0].Result("\"text\"");

        AssertAttempts(
            answers.Failure<InvalidReplyException>().Attempts,
            ("memory:a", AttemptEnd.Cancelled, Written.MaybeExecuted, 0, 130),
            ("memory:b", AttemptEnd.Faulty, Written.MaybeExecuted, 100, 30));
        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
    }

    [Fact]
    public void Call_LimitWithTwoUnderWay_EndsBothAsTimedOut()
    {
        JsonRpcClient client = Client("a,2 b,1", "a b");

        Answers<Reply<RawJson>> answers = Call(client, Hedged with { TotalTimeout = TimeSpan.FromMilliseconds(300) });
        _world.AdvanceTo(1000);

        Assert.Equal(300, answers.Error!.Value.At);
        AssertAttempts(
            answers.Failure<RequestTimeoutException>().Attempts,
            ("memory:a", AttemptEnd.TimedOut, Written.MaybeExecuted, 0, 300),
            ("memory:b", AttemptEnd.TimedOut, Written.MaybeExecuted, 100, 200));
        Assert.Equal(0, client.Groups.Sum(group => group.Servers[0].InFlight));
    }

    [Fact]
    public async Task Drain_LimitPassesWithTwoUnderWay_CancelsBoth()
    {
        JsonRpcClient client = Client("a,2 b,1", "a b");
        Answers<Reply<RawJson>> answers = Call(client, Hedged);
        _world.AdvanceTo(130);

        await client.DrainAsync(TimeSpan.Zero);

        AssertAttempts(
            answers.Failure<RequestTimeoutException>().Attempts,
            ("memory:a", AttemptEnd.Cancelled, Written.MaybeExecuted, 0, 130),
            ("memory:b", AttemptEnd.Cancelled, Written.MaybeExecuted, 100, 30));
        Assert.Equal(0, client.Groups.Sum(group => group.Servers[0].InFlight));
    }

    [Fact]
    public void Call_LosersOverAndOver_CountNeitherForNorAgainstTheBreaker()
    {
        JsonRpcClient client = Client("a,2 b,1", "a", options => options with { RetryBudget = RetryBudget.Off });
        Server a = client.Groups[0].Servers[0];
        for (int i = 0; i < 4; i++) Call(client, new RequestPolicy { Replay = Replay.Never });
        _world.AdvanceTo(500);

        for (int i = 0; i < 20; i++) Call(client, Hedged);
        _world.AdvanceTo(700);
        Assert.Equal(ServerState.Connected, a.State);
        // Nor did they set back the four failures: the fifth ejects it.
        Call(client, new RequestPolicy { Replay = Replay.Never });
        _world.AdvanceTo(1200);

        Assert.Equal(ServerState.Ejected, a.State);
    }

    [Fact]
    public void AtQuantile_FewReplies_WaitsForTheCeilingThenForWhatIsUsual()
    {
        JsonRpcClient client = Client("a,2 b,1", "a");
        RequestPolicy policy = Hedged with { Hedge = Hedge.AtQuantile(0.9) with { MinimumSamples = 20 } };
        Call(client, policy);
        _world.AdvanceTo(249);
        Assert.Empty(_world["b"].Calls);
        _world.AdvanceTo(250);
        Assert.Single(_world["b"].Calls);

        for (int i = 0; i < 30; i++)
        {
            Call(client, policy);
            _world.AdvanceTo(_world.Now + 8);
            _world["a"].Calls[^1].Result("1");
        }
        long start = _world.Now;
        Call(client, policy);
        _world.AdvanceTo(start + 7);
        Assert.Single(_world["b"].Calls);
        _world.AdvanceTo(start + 10);

        Assert.Equal(2, _world["b"].Calls.Count);
        // Another method has not been seen yet.
        _world.Subscribe(client.Call("other", policy: policy));
        _world.AdvanceTo(start + 200);
        Assert.Equal(2, _world["b"].Calls.Count);
    }

    [Fact]
    public void AtQuantile_QuickRetryableErrors_SayNothingAboutAnAnswer()
    {
        JsonRpcClient client = Client("a,2 b,1", "a");
        RequestPolicy policy = Hedged with { Hedge = Hedge.AtQuantile(0.9) with { MinimumSamples = 5 }, RetryOn = ErrorCodes.Parse("-32000") };
        _world["a"].OnCall = _world["b"].OnCall = call => call.Error(-32000, "busy");
        for (int i = 0; i < 10; i++) Call(client, policy);
        _world["a"].OnCall = _ => { };
        int before = _world["b"].Calls.Count;

        Call(client, policy);
        _world.AdvanceTo(249);

        Assert.Equal(before, _world["b"].Calls.Count);
    }

    private JsonRpcClient Client(string servers, string silent, Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
    {
        JsonRpcClient client = _world.Client(servers, change);
        foreach (string name in silent.Split(' ')) _world[name].OnCall = _ => { };
        return client;
    }

    private Answers<Reply<RawJson>> Call(JsonRpcClient client, RequestPolicy policy) => _world.Subscribe(client.Call("m", policy: policy));

    private static void AssertAttempts(
        IReadOnlyList<Attempt> attempts, params (string Server, AttemptEnd End, Written Written, double StartedAfter, double Took)[] expected) =>
        Assert.Equal(
            expected,
            attempts.Select(attempt => (
                attempt.Server.ToString(), attempt.End, attempt.Written, attempt.StartedAfter.TotalMilliseconds, attempt.Took.TotalMilliseconds)));
}
