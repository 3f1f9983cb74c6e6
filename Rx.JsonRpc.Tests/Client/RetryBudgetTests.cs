using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class RetryBudgetTests
{
    private static readonly RequestPolicy Always = new() { Replay = Replay.Always };
    private static readonly RetryBudget One = new() { Ratio = 0, PerSecond = 0, Burst = 1 };

    [Fact]
    public void Request_SpentAfterTimeouts_FailsAsTimeoutAndSaysSo()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1", options => options with { RetryBudget = One });
        world["a"].OnCall = _ => { };
        Answers<RawJson> first = world.Subscribe(client.Request("m", policy: Always));
        Answers<RawJson> second = world.Subscribe(client.Request("m", policy: Always));

        world.AdvanceTo(10_000);

        Assert.Equal("\"b\"", first.Value.ToString());
        Assert.Equal(500, second.Error!.Value.At);
        RequestTimeoutException failure = second.Failure<RequestTimeoutException>();
        Assert.Contains("retry budget is spent", failure.Message);
        Assert.Equal("timeout", Outcome<RawJson>.From(failure).Reason);
        Assert.Equal(Written.MaybeExecuted, failure.Written);
        Assert.Single(failure.Attempts);
        Assert.Single(world["b"].Calls);
    }

    [Fact]
    public void Request_SpentAfterConnectionLost_FailsAsFailureAndSaysSo()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1", options => options with { RetryBudget = One });
        world["a"].OnCall = _ => { };
        Answers<RawJson>[] answers = [.. Enumerable.Range(0, 3).Select(_ => world.Subscribe(client.Request("m", policy: Always)))];
        world.AdvanceTo(40);

        world["a"].Kill();

        Answers<RawJson>[] failed = [.. answers.Where(answer => answer.Error is not null)];
        Assert.Equal(2, failed.Length);
        Assert.All(failed, answer =>
        {
            ConnectionLostException failure = answer.Failure<ConnectionLostException>();
            Assert.Contains("retry budget is spent", failure.Message);
            Assert.Equal("failure", Outcome<RawJson>.From(failure).Reason);
            Assert.Equal("memory:a", failure.Server!.ToString());
            Assert.Equal(40, answer.Error!.Value.At);
        });
        Assert.Single(world["b"].Calls);
    }

    [Fact]
    public void Retries_SpentByOthersAndNobodyReached_FailsAsNoServerAndSaysSo()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1", options => options with { RetryBudget = One });
        world["a"].OnCall = _ => { };
        world.Subscribe(client.Request("m", policy: Always));
        world.AdvanceTo(500);
        Assert.Single(world["b"].Calls);
        world["a"].Kill();
        world["b"].Kill();

        var policy = new RequestPolicy { Retries = 5, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(100)) };
        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: policy));
        world.AdvanceTo(5000);

        NoServerException failure = answers.Failure<NoServerException>();
        Assert.Equal(600, answers.Error!.Value.At);
        Assert.Contains(nameof(JsonRpcClientOptions.RetryBudget), failure.Message);
        Assert.Equal([0, 0], failure.Attempts.Select(attempt => attempt.StartedAfter.TotalMilliseconds));
        Assert.Equal("failure", Outcome<RawJson>.From(failure).Reason);
    }

    [Fact]
    public void Request_PastServersThatAreAway_IsFree()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!,3 b!,2 c,1", options => options with { RetryBudget = One });

        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal("\"c\"", world.Subscribe(client.Request("m")).Value.ToString()));
    }

    [Fact]
    public void Retries_RoundsThatSendNothing_GiveTheirTokensBack()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a! b!", options => options with { RetryBudget = One, MaxConnectionAttempts = 0 });
        var policy = new RequestPolicy { Retries = 5, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(100)) };

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: policy));
        world.AdvanceTo(1000);

        Assert.Equal(500, answers.Error!.Value.At);
        Assert.Equal(12, answers.Failure<NoServerException>().Attempts.Count);
        Assert.DoesNotContain("budget", answers.Error!.Value.Error.Message);
    }

    [Fact]
    public void Retries_ErrorsInRetryOn_AreReplaysAndEndWithTheError()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a", options => options with { RetryBudget = One });
        world["a"].OnCall = call => call.Error(-32000, "busy");
        var policy = new RequestPolicy
        {
            Retries = 5,
            Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(100)),
            RetryOn = ErrorCodes.Parse("-32000"),
        };

        Answers<Reply<RawJson>> answers = world.Subscribe(client.Call(Raw.Method("m"), default, policy));
        world.AdvanceTo(1000);

        Assert.Equal("busy", answers.Value.Error!.Message);
        Assert.Equal([0, 100], world["a"].Calls.Select(call => call.At / TimeSpan.TicksPerMillisecond));
        Assert.Equal(200, answers.CompletedAt);
    }

    [Fact]
    public void Request_SecondsLater_CanReplayAgain()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1", options => options with { RetryBudget = One with { PerSecond = 1 } });
        world["a"].OnCall = _ => { };
        world.Subscribe(client.Request("m", policy: Always));
        world.AdvanceTo(1000);

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: Always));
        world.AdvanceTo(1500);

        Assert.Equal("\"b\"", answers.Value.ToString());
    }

    [Fact]
    public void Request_OthersWereSentMeanwhile_CanReplayAgain()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1", options => options with { RetryBudget = One with { Ratio = 0.2 } });
        world["a"].OnCall = call =>
        {
            if (call.Method == "quick") call.Result("1");
        };
        world.Subscribe(client.Request("slow", policy: Always));
        world.AdvanceTo(500);
        Assert.Single(world["b"].Calls);
        for (int i = 0; i < 4; i++) world.Subscribe(client.Request("quick"));

        // Together with this one they are five: a fifth of them may be replayed.
        Answers<RawJson> answers = world.Subscribe(client.Request("slow", policy: Always));
        world.AdvanceTo(1000);

        Assert.Equal("\"b\"", answers.Value.ToString());
    }

    [Fact]
    public void Options_FaultyBudget_IsNamedWithEveryFault()
    {
        var world = new ClientInVirtualTime();
        var faulty = new RetryBudget { Ratio = -1, PerSecond = double.NaN, Burst = 0 };

        string message = Assert.Throws<ArgumentException>(() => world.Client("a", options => options with { RetryBudget = faulty })).Message;

        Assert.All(["RetryBudget.Ratio", "RetryBudget.PerSecond", "RetryBudget.Burst"], part => Assert.Contains(part, message));
    }
}
