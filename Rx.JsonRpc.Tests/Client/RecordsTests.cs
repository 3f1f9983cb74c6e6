using System.Reactive.Linq;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class RecordsTests
{
    private static readonly RequestPolicy Always = new() { TryTimeout = TimeSpan.FromMilliseconds(300), Replay = Replay.Always };

    [Fact]
    public void Records_FailoverAfterTimeout_TellsBothAttempts()
    {
        (ClientInVirtualTime world, JsonRpcClient client, List<RequestRecord> records) = Recorded("a,2 b,1");
        world["a"].OnCall = _ => { };
        world.AdvanceTo(40);
        world.Subscribe(client.Request("m", policy: Always));

        world.AdvanceTo(1000);

        RequestRecord record = Assert.Single(records);
        Assert.Equal(("m", false, 40, 300, OutcomeKind.Result), (record.Method, record.Idempotent, Ms(record.StartedAt), record.Took.TotalMilliseconds, record.Outcome));
        Assert.Equal(
            [("memory:a", AttemptEnd.TimedOut, 300, true, Written.MaybeExecuted), ("memory:b", AttemptEnd.Result, 0, true, Written.MaybeExecuted)],
            record.Attempts.Select(attempt => (attempt.Server.ToString(), attempt.End, (int)attempt.Took.TotalMilliseconds, attempt.Connected, attempt.Written)));
    }

    [Fact]
    public void Records_ErrorReply_KnowsItsCode()
    {
        (ClientInVirtualTime world, JsonRpcClient client, List<RequestRecord> records) = Recorded("a");
        world["a"].OnCall = call => call.Error(-32000, "busy");
        Answers<RawJson> answers = world.Subscribe(client.Request("m"));

        answers.Failure<ErrorReplyException>();
        RequestRecord record = Assert.Single(records);
        Assert.Equal((OutcomeKind.Error, -32000), (record.Outcome, Assert.Single(record.Attempts).ErrorCode));
        Assert.Equal("-32000: busy", record.Attempts[0].Reason);
    }

    [Fact]
    public void Records_ErrorInRetryOn_KnowsItsCodeToo()
    {
        (ClientInVirtualTime world, JsonRpcClient client, List<RequestRecord> records) = Recorded("a,2 b,1");
        world["a"].OnCall = call => call.Error(-32000, "busy");
        world.Subscribe(client.Request("m", policy: new RequestPolicy { RetryOn = ErrorCodes.Parse("-32000") }));

        Assert.Equal([-32000, null], Assert.Single(records).Attempts.Select(attempt => attempt.ErrorCode));
    }

    [Fact]
    public void Records_ServerAway_IsNotConnected()
    {
        (ClientInVirtualTime world, JsonRpcClient client, List<RequestRecord> records) = Recorded("a!");
        world.Subscribe(client.Request("m"));

        RequestRecord record = Assert.Single(records);
        Assert.Equal(OutcomeKind.Failure, record.Outcome);
        Assert.False(Assert.Single(record.Attempts).Connected);
    }

    [Fact]
    public void Records_EjectedByTheBreaker_IsUnavailableButConnected()
    {
        var breaker = new BreakerOptions { ConsecutiveFailures = 1 };
        (ClientInVirtualTime world, JsonRpcClient client, List<RequestRecord> records) = Recorded("a,2 b,1", options => options with { Breaker = breaker });
        world["a"].OnCall = _ => { };
        world.Subscribe(client.Request("m"));
        world.AdvanceTo(600);

        world.Subscribe(client.Request("m"));

        Attempt refused = records[1].Attempts[0];
        Assert.Equal((AttemptEnd.Unavailable, true, Written.NotWritten), (refused.End, refused.Connected, refused.Written));
    }

    [Fact]
    public void Records_CallerStopsWaiting_IsCancelledAndMayHaveRun()
    {
        (ClientInVirtualTime world, JsonRpcClient client, List<RequestRecord> records) = Recorded("a");
        world["a"].OnCall = _ => { };
        Answers<RawJson> answers = world.Subscribe(client.Request("m"));
        world.AdvanceTo(70);

        answers.Subscription.Dispose();

        RequestRecord record = Assert.Single(records);
        Assert.Equal((OutcomeKind.Cancelled, 70), (record.Outcome, record.Took.TotalMilliseconds));
        Attempt attempt = Assert.Single(record.Attempts);
        Assert.Equal((AttemptEnd.Cancelled, Written.MaybeExecuted), (attempt.End, attempt.Written));
    }

    [Fact]
    public async Task Records_ClientDisposed_TellTheOpenRequestsAndComplete()
    {
        (ClientInVirtualTime world, JsonRpcClient client, List<RequestRecord> records) = Recorded("a");
        bool completed = false;
        client.Records.Subscribe(_ => { }, () => completed = true);
        world["a"].OnCall = _ => { };
        world.Subscribe(client.Request("m"));

        await client.DisposeAsync();

        Assert.Equal(OutcomeKind.Cancelled, Assert.Single(records).Outcome);
        Assert.True(completed);
    }

    [Fact]
    public void Records_TheAnswer_ComesAfterItsRecord()
    {
        (ClientInVirtualTime world, JsonRpcClient client, List<RequestRecord> records) = Recorded("a");
        int seen = -1;

        client.Request("m").Subscribe(_ => seen = records.Count);

        Assert.Equal(1, seen);
    }

    [Fact]
    public void Records_Notifications_AreLeftOut()
    {
        (ClientInVirtualTime world, JsonRpcClient client, List<RequestRecord> records) = Recorded("a");
        world.Subscribe(client.Notify("m"));
        world.Subscribe(client.NotifyAll("m"));
        Assert.Equal(2, world["a"].Calls.Count);
        Assert.Empty(records);

        world.Subscribe(client.Request("request"));

        Assert.Equal("request", Assert.Single(records).Method);
    }

    [Fact]
    public void Records_IdempotentMethod_IsSaid()
    {
        (ClientInVirtualTime world, JsonRpcClient client, List<RequestRecord> records) = Recorded("a");
        world.Subscribe(client.Request(Raw.Method("m", idempotent: true), default));

        Assert.True(Assert.Single(records).Idempotent);
    }

    [Fact]
    public void Records_ObserverThatHangs_DropsAndCounts()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!", options => options with { MaxQueuedEvents = 2 });
        int seen = 0;
        client.Records.Subscribe(_ =>
        {
            // No server is up, so these end at once; inside OnNext nothing else is delivered.
            if (seen++ > 0) return;
            for (int i = 0; i < 6; i++) world.Subscribe(client.Request("m"));
        });
        world.Subscribe(client.Request("m"));

        Assert.Equal((3, 4), (seen, client.DroppedRecords));
    }

    private static (ClientInVirtualTime World, JsonRpcClient Client, List<RequestRecord> Records) Recorded(
        string servers, Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client(servers, change);
        var records = new List<RequestRecord>();
        client.Records.CheckGrammar().Subscribe(records.Add);
        return (world, client, records);
    }

    private static long Ms(DateTimeOffset at) => at.Ticks / TimeSpan.TicksPerMillisecond;
}
