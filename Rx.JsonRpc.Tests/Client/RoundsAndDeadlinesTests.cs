using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class RoundsAndDeadlinesTests
{
    private static readonly Backoff Every100 = Backoff.Constant(TimeSpan.FromMilliseconds(100));

    [Fact]
    public void Retries_NoServerUp_AsksWholeRoundsApartByTheBackoff()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!,2 b!,1", options => options with { MaxConnectionAttempts = 0 });

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: new RequestPolicy { Retries = 2, Backoff = Every100 }));
        world.AdvanceTo(1000);

        NoServerException failure = answers.Failure<NoServerException>();
        Assert.Equal(200, answers.Error!.Value.At);
        Assert.Equal([0, 0, 100, 100, 200, 200], failure.Attempts.Select(attempt => attempt.StartedAfter.TotalMilliseconds));
    }

    [Fact]
    public void Retries_ServerComesUp_AnswersOnceReconnected()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!");
        var policy = new RequestPolicy { Retries = -1, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(30)) };

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: policy));
        world.AdvanceTo(250);
        world["a"].Start();
        world.AdvanceTo(5000);

        // Reconnect comes at 300 (each 100 ms); the rounds come each 30 ms, the one at 300 right after it.
        Assert.Equal("\"a\"", answers.Value.ToString());
        Assert.InRange(answers.CompletedAt!.Value, 300, 330);
    }

    [Fact]
    public void Retries_DefaultBackoffAndNoLuckWithTheJitter_NeverWaitLongerThanASecond()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!", options => options with { Random = () => 0.999 });
        var policy = new RequestPolicy { Retries = -1, TotalTimeout = TimeSpan.FromSeconds(10) };

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: policy));
        world.AdvanceTo(3000);
        world["a"].Start();
        world.AdvanceTo(4200);

        Assert.Equal("\"a\"", answers.Value.ToString());
    }

    [Fact]
    public void Retries_ForEver_EndsAtTheTotalTimeoutWithTheRealCause()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!");

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: new RequestPolicy { Retries = -1, Backoff = Every100 }));
        world.AdvanceTo(60_000);

        NoServerException failure = answers.Failure<NoServerException>();
        Assert.Equal(5000, answers.Error!.Value.At);
        Assert.All(failure.Attempts, attempt => Assert.Equal(AttemptEnd.Unavailable, attempt.End));
    }

    [Fact]
    public void Retries_ErrorInRetryOn_AsksAgainThenGivesTheError()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world["a"].OnCall = call => call.Error(-32000, "busy");
        var policy = new RequestPolicy { Retries = 2, Backoff = Every100, RetryOn = ErrorCodes.Parse("-32000") };

        Answers<Reply<RawJson>> answers = world.Subscribe(client.Call(Raw.Method("m"), default, policy));
        world.AdvanceTo(1000);

        Assert.Equal("busy", answers.Value.Error!.Message);
        Assert.Equal(200, answers.CompletedAt);
        Assert.Equal([0, 100, 200], world["a"].Calls.Select(call => call.At / TimeSpan.TicksPerMillisecond));
    }

    [Fact]
    public void Retries_MaybeExecutedIfNotWritten_EndsAtOnce()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world["a"].OnCall = _ => { };

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: new RequestPolicy { Retries = 5, Backoff = Every100 }));
        world.AdvanceTo(60_000);

        Assert.Equal(500, answers.Error!.Value.At);
        Assert.Single(world["a"].Calls);
    }

    [Fact]
    public void TotalTimeout_ShorterThanTheTry_CutsIt()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world["a"].OnCall = _ => { };

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: new RequestPolicy { TotalTimeout = TimeSpan.FromMilliseconds(200) }));
        world.AdvanceTo(1000);

        RequestTimeoutException failure = answers.Failure<RequestTimeoutException>();
        Assert.Equal(200, answers.Error!.Value.At);
        Assert.Equal(TimeSpan.FromMilliseconds(200), Assert.Single(failure.Attempts).Took);
    }

    [Fact]
    public void TotalTimeout_SeveralSilentServers_BoundsThemAll()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a b c");
        foreach (string name in new[] { "a", "b", "c" }) world[name].OnCall = _ => { };
        var policy = new RequestPolicy { Replay = Replay.Always, TotalTimeout = TimeSpan.FromMilliseconds(1100) };

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: policy));
        world.AdvanceTo(60_000);

        RequestTimeoutException failure = answers.Failure<RequestTimeoutException>();
        Assert.Equal(1100, answers.Error!.Value.At);
        Assert.Equal([500, 500, 100], failure.Attempts.Select(attempt => attempt.Took.TotalMilliseconds));
    }

    [Fact]
    public void TotalTimeout_TwoSubscriptions_EachHasItsOwn()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world["a"].OnCall = _ => { };
        IObservable<RawJson> request = client.Request("m");

        Answers<RawJson> first = world.Subscribe(request);
        world.AdvanceTo(300);
        Answers<RawJson> second = world.Subscribe(request);
        world.AdvanceTo(10_000);

        Assert.Equal(500, first.Error!.Value.At);
        Assert.Equal(800, second.Error!.Value.At);
    }

    [Fact]
    public void Policy_Faulty_ListsEveryFault()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        var policy = new RequestPolicy { TryTimeout = TimeSpan.Zero, Retries = -2 };

        string message = Assert.Throws<ArgumentException>(() => client.Request("m", policy: policy)).Message;

        Assert.Contains("TryTimeout", message);
        Assert.Contains("Retries", message);
    }
}
