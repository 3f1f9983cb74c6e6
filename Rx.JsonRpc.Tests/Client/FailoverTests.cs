using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class FailoverTests
{
    private static readonly RequestPolicy Always = new() { Replay = Replay.Always };
    private static readonly RequestPolicy Never = new() { Replay = Replay.Never };

    [Fact]
    public void Request_OneServer_AnswersAtOnce()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");

        Answers<RawJson> answers = world.Subscribe(client.Request("get_user", RawJson.Parse("""{"id":1234}""")));

        Assert.Equal("\"a\"", answers.Value.ToString());
        Assert.Equal("""{"id":1234}""", world["a"].Calls[0].Parameters);
    }

    [Fact]
    public void Request_SubscribedTwice_SendsTwiceWithFreshIds()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        IObservable<RawJson> request = client.Request("get_user");

        world.Subscribe(request);
        world.Subscribe(request);

        Assert.Equal(2, world["a"].Calls.Select(call => call.Id).Distinct().Count());
    }

    [Fact]
    public void Request_Priorities_HighestFirstAndTurnsInside()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("backup,1 a,2 b,2");

        string[] answered = [.. Enumerable.Range(0, 4).Select(_ => world.Subscribe(client.Request("m")).Value.ToString())];

        Assert.Equal(["\"a\"", "\"b\"", "\"a\"", "\"b\""], answered);
        Assert.Empty(world["backup"].Calls);
    }

    [Fact]
    public void Request_ServerNotConnectedAndNever_Fails()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!,2 b,1");

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: Never));

        Assert.Single(answers.Failure<ServerUnavailableException>().Attempts);
        Assert.Empty(world["b"].Calls);
    }

    [Fact]
    public void Request_SilentServerIfNotWritten_FailsWithTimeoutAfterOneTry()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1");
        world["a"].OnCall = _ => { };

        Answers<RawJson> answers = world.Subscribe(client.Request("m"));
        world.AdvanceTo(499);
        Assert.True(answers.Silent);
        world.AdvanceTo(10_000);

        RequestTimeoutException failure = answers.Failure<RequestTimeoutException>();
        Assert.Equal(500, answers.Error!.Value.At);
        Assert.Equal(Written.MaybeExecuted, failure.Written);
        Assert.Equal("m", failure.Method);
        Assert.Equal("memory:a", failure.Server!.ToString());
        Attempt attempt = Assert.Single(failure.Attempts);
        Assert.Equal(AttemptEnd.TimedOut, attempt.End);
        Assert.Equal(TimeSpan.FromMilliseconds(500), attempt.Took);
        Assert.EndsWith(
            "within 500 ms (attempt 1); it may have run: to try the next server all the same, mark the method idempotent or set Replay to Always",
            failure.Message);
        Assert.Empty(world["b"].Calls);
        Assert.Equal("timeout", Outcome<RawJson>.From(failure).Reason);
    }

    [Fact]
    public void Request_IdempotentMethod_MeansAlways()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1");
        world["a"].OnCall = _ => { };

        Answers<RawJson> answers = world.Subscribe(client.Request(Raw.Method("m", idempotent: true), default));
        world.AdvanceTo(10_000);

        Assert.Equal("\"b\"", answers.Value.ToString());
    }

    [Fact]
    public void Request_ErrorReply_IsAFailureAtTheEdge()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world["a"].OnCall = call => call.Error(-32000, "busy");

        ErrorReplyException failure = world.Subscribe(client.Request("m")).Failure<ErrorReplyException>();

        Assert.Equal(-32000, failure.Error.Code);
        Assert.Single(failure.Attempts);
    }

    [Fact]
    public void Call_RetryableErrorEverywhere_IsThatErrorWithEveryAttempt()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1");
        world["a"].OnCall = call => call.Error(-32000, "busy");
        world["b"].OnCall = call => call.Error(-32001, "busier");

        Answers<Reply<RawJson>> answers = world.Subscribe(
            client.Call(Raw.Method("m"), default, new RequestPolicy { RetryOn = ErrorCodes.Parse("-32001..-32000") }));

        Assert.Equal(-32001, answers.Value.Error!.Code);
        Assert.Equal(2, answers.Value.Attempts.Count);
    }

    [Fact]
    public void Request_NoServerUp_FailsWithEveryAttempt()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!,2 b!,1");

        NoServerException failure = world.Subscribe(client.Request("m")).Failure<NoServerException>();

        Assert.Equal(["memory:a", "memory:b"], failure.Attempts.Select(attempt => attempt.Server.ToString()));
        Assert.Equal(Written.NotWritten, failure.Written);
        Assert.Contains("memory:a", failure.Message);
        Assert.Contains("Nobody listens", failure.Message);
        Assert.Equal("failure", Outcome<RawJson>.From(failure).Reason);
    }

    [Fact]
    public void Request_TimeoutThenUnreachable_IsTimeoutAsTheLastDecisiveAttemptWas()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b!,1");
        world["a"].OnCall = _ => { };

        Answers<RawJson> answers = world.Subscribe(client.Request("m", policy: Always));
        world.AdvanceTo(1000);

        Assert.Equal(2, answers.Failure<RequestTimeoutException>().Attempts.Count);
    }

    [Fact]
    public void Request_NotSerializable_IsNotTriedElsewhere()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1");

        Answers<RawJson> answers = world.Subscribe(client.Request("m", RawJson.Parse("5"), Always with { Retries = 3 }));

        InvalidParametersException failure = answers.Failure<InvalidParametersException>();
        Assert.Equal(Written.NotWritten, failure.Written);
        Assert.Single(failure.Attempts);
        Assert.Empty(world["a"].Calls);
        Assert.Empty(world["b"].Calls);
    }

    [Fact]
    public void Request_ResultOfAnotherType_IsInvalidReplyAndNotSentAgain()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1");
        Method<RawJson, int[]> method = new("m", Raw.TypeInfo, Raw.Reflected<int[]>(), idempotent: true);

        Answers<int[]> answers = world.Subscribe(client.Request(method, default));

        Assert.Contains("memory:a", answers.Failure<InvalidReplyException>().Message);
        Assert.Empty(world["b"].Calls);
    }
}
