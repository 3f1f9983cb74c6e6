using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What the caller is told when servers fail in several ways: a is asked first, then b, and 600 ms are all there is.</summary>
public class LastCauseTests
{
    private static readonly RequestPolicy Policy = new()
    {
        TryTimeout = TimeSpan.FromMilliseconds(200),
        TotalTimeout = TimeSpan.FromMilliseconds(600),
        Replay = Replay.Always,
        RetryOn = ErrorCodes.Parse("-32000"),
    };

    private readonly ClientInVirtualTime _world = new();

    public enum Does
    {
        Away,
        Silent,
        Busy,
        Lost,
    }

    [Theory]
    [InlineData(Does.Busy, Does.Away)]
    [InlineData(Does.Away, Does.Busy)]
    [InlineData(Does.Silent, Does.Busy)]
    [InlineData(Does.Lost, Does.Busy)]
    public void Call_LastAnswerIsARetryableError_IsThatError(Does first, Does second)
    {
        Answers<Reply<RawJson>> answers = Ask(first, second, Policy);

        Assert.Equal("busy", answers.Value.Error!.Message);
        Assert.Equal(2, answers.Value.Attempts.Count);
    }

    [Theory]
    [InlineData(Does.Busy, Does.Silent, 200)]
    [InlineData(Does.Silent, Does.Silent, 400)]
    [InlineData(Does.Lost, Does.Silent, 200)]
    [InlineData(Does.Silent, Does.Away, 200)]
    public void Call_LastDecisiveAttemptRanOutOfTime_IsATimeout(Does first, Does second, int at)
    {
        Answers<Reply<RawJson>> answers = Ask(first, second, Policy);

        RequestTimeoutException failure = answers.Failure<RequestTimeoutException>();
        Assert.Equal(at, answers.Error!.Value.At);
        Assert.Equal(("timeout", Written.MaybeExecuted), (Outcome<RawJson>.From(failure).Reason, failure.Written));
        Assert.Equal(2, failure.Attempts.Count);
        Assert.DoesNotContain("within the", failure.Message);
    }

    [Theory]
    [InlineData(Does.Away, Does.Away, Written.NotWritten)]
    [InlineData(Does.Busy, Does.Lost, Written.MaybeExecuted)]
    [InlineData(Does.Silent, Does.Lost, Written.MaybeExecuted)]
    [InlineData(Does.Lost, Does.Away, Written.MaybeExecuted)]
    public void Call_NoServerCouldAnswer_IsAFailure(Does first, Does second, Written written)
    {
        NoServerException failure = Ask(first, second, Policy).Failure<NoServerException>();

        Assert.Equal(("failure", written), (Outcome<RawJson>.From(failure).Reason, failure.Written));
        Assert.Equal(2, failure.Attempts.Count);
        Assert.DoesNotContain("within the", failure.Message);
    }

    [Theory]
    [InlineData(Does.Busy, Does.Busy, "error")]
    [InlineData(Does.Busy, Does.Away, "error")]
    [InlineData(Does.Silent, Does.Away, "timeout")]
    [InlineData(Does.Lost, Does.Away, "failure")]
    [InlineData(Does.Away, Does.Away, "failure")]
    public void Call_TotalTimeoutInTheWaitBetweenRounds_TellsTheLastCauseAndTheLimit(Does first, Does second, string expected)
    {
        RequestPolicy policy = Policy with { Retries = -1, Backoff = Backoff.Constant(TimeSpan.FromSeconds(1)) };

        Answers<Reply<RawJson>> answers = Ask(first, second, policy);

        if (expected == "error")
        {
            Assert.Equal(("busy", 600L), (answers.Value.Error!.Message, answers.CompletedAt));
            return;
        }
        Assert.Equal(600, answers.Error!.Value.At);
        Assert.Equal(expected, Outcome<RawJson>.From(answers.Error.Value.Error).Reason);
        var failure = Assert.IsAssignableFrom<JsonRpcException>(answers.Error.Value.Error);
        Assert.Contains("within the total timeout of 600 ms", failure.Message);
        Assert.Equal(2, failure.Attempts.Count);
    }

    [Fact]
    public void Call_ThousandsOfRoundsWithoutAServer_RemembersThatItMayHaveRun()
    {
        JsonRpcClient client = _world.Client("a", options => options with { MaxConnectionAttempts = 0, Breaker = BreakerOptions.Off, RetryBudget = RetryBudget.Off });
        _world["a"].OnCall = _ => _world["a"].Kill();
        RequestPolicy policy = Policy with { Retries = 2000, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(1)), TotalTimeout = TimeSpan.FromMinutes(1) };

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: policy));
        _world.AdvanceTo(60_000);

        NoServerException failure = answers.Failure<NoServerException>();
        Assert.Equal(Written.MaybeExecuted, failure.Written);
        Assert.Equal((AttemptEnd.ConnectionLost, 1000), (failure.Attempts[0].End, failure.Attempts.Count));
        Assert.Contains("after 1000 attempts: (992 earlier) memory:a Unavailable", failure.Message);
    }

    [Fact]
    public void Call_ThousandsOfRoundsThatSendNothing_RemembersTheLatest()
    {
        JsonRpcClient client = _world.Client("a!", options => options with { MaxConnectionAttempts = 0 });
        RequestPolicy policy = Policy with { Retries = 2000, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(1)), TotalTimeout = TimeSpan.FromMinutes(1) };

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: policy));
        _world.AdvanceTo(60_000);

        Assert.Equal(
            Enumerable.Range(1001, 1000),
            answers.Failure<NoServerException>().Attempts.Select(attempt => (int)attempt.StartedAfter.TotalMilliseconds));
    }

    private Answers<Reply<RawJson>> Ask(Does first, Does second, RequestPolicy policy)
    {
        JsonRpcClient client = _world.Client(
            $"a{(first == Does.Away ? "!" : "")},2 b{(second == Does.Away ? "!" : "")},1", options => options with { MaxConnectionAttempts = 0 });
        Prepare("a", first);
        Prepare("b", second);
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m", policy: policy));
        _world.AdvanceTo(10_000);
        return answers;
    }

    private void Prepare(string server, Does does) => _world[server].OnCall = does switch
    {
        Does.Busy => call => call.Error(-32000, "busy"),
        Does.Lost => _ => _world[server].Kill(),
        _ => _ => { }
        ,
    };
}
