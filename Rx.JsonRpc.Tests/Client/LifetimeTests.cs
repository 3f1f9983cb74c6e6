using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class LifetimeTests
{
    [Fact]
    public async Task Dispose_RequestsInFlightAndWaiting_EndsEachOnceAsCancelled()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b!,1");
        world["a"].OnCall = _ => { };
        var outcomes = new List<Outcome<RawJson>>();
        client.Call(Raw.Method("in_flight"), default).Resume(outcomes.Add);
        Answers<RawJson> request = world.Subscribe(client.Request("in_flight"));

        await client.DisposeAsync();
        world.AdvanceTo(60_000);

        Assert.Equal(OutcomeKind.Cancelled, Assert.Single(outcomes).Kind);
        request.Failure<ObjectDisposedException>();
        Assert.Equal(0, request.Error!.Value.At);
    }

    [Fact]
    public async Task Dispose_RequestWaitingForItsNextRound_EndsItAtOnce()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!");
        Answers<RawJson> request = world.Subscribe(client.Request("m", policy: new RequestPolicy { Retries = -1 }));
        Assert.True(request.Silent);

        await client.DisposeAsync();

        request.Failure<ObjectDisposedException>();
        Assert.Equal(ServerState.Retired, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public async Task Dispose_ThenRequest_FailsThroughOnError()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        IObservable<RawJson> request = client.Request("m");
        await client.DisposeAsync();
        await client.DisposeAsync();

        world.Subscribe(request).Failure<ObjectDisposedException>();
        Assert.Empty(world["a"].Calls);
    }

    [Fact]
    public async Task Dispose_ObserverThrows_StillEndsTheOthersAndClosesTheServers()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world["a"].OnCall = _ => { };
        Answers<RawJson> before = world.Subscribe(client.Request("m"));
        // Rx throws what an observer without OnError is given.
        client.Request("m").Subscribe(_ => { });
        Answers<RawJson> after = world.Subscribe(client.Request("m"));

        Answers<ClientFailure> failures = world.Subscribe(client.Failures);

        await client.DisposeAsync();

        Assert.IsType<ObjectDisposedException>(Assert.Single(failures.Values).Value.Exception);
        before.Failure<ObjectDisposedException>();
        after.Failure<ObjectDisposedException>();
        Assert.Equal(ServerState.Retired, client.Groups[0].Servers[0].State);
        Assert.False(world["a"].Connection!.TrySend("late"u8));
    }

    [Fact]
    public async Task Dispose_HotObservables_Complete()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        Answers<ServerChange> changes = world.Subscribe(client.Changes);
        Answers<ServerNotification> notifications = world.Subscribe(client.Notifications);

        await client.DisposeAsync();

        Assert.Equal(ServerState.Retired, changes.Values[^1].Value.To);
        Assert.NotNull(changes.CompletedAt);
        Assert.NotNull(notifications.CompletedAt);
    }

    [Fact]
    public void Unsubscribe_InFlight_ForgetsTheRequestAndCountsTheLateReply()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world["a"].OnCall = _ => { };
        Answers<RawJson> request = world.Subscribe(client.Request("m"));
        Server server = client.Groups[0].Servers[0];
        Assert.Equal(1, server.InFlight);

        request.Subscription.Dispose();
        Assert.Equal(0, server.InFlight);
        world["a"].Calls[0].Result("1");
        world.AdvanceTo(10_000);

        Assert.True(request.Silent);
        Assert.Equal(1, server.DroppedFor(DropReason.LateReply));
        Assert.Equal(ServerState.Connected, server.State);
    }

    [Fact]
    public void Unsubscribe_InsideOnNext_NothingFollows()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!");
        var wait = new RequestPolicy { WhenDisconnected = WhenDisconnected.Wait };
        var request = new DisposesInOnNext<RawJson>(client.Request("m", policy: wait));
        var call = new DisposesInOnNext<Reply<RawJson>>(client.Call("m", policy: wait));
        var notify = new DisposesInOnNext<System.Reactive.Unit>(client.Notify("m", policy: wait));

        world["a"].Start();
        world.AdvanceTo(100);

        Assert.All([request.Seen, call.Seen, notify.Seen], seen => Assert.Equal(["value"], seen));
    }

    [Fact]
    public void Subscribe_NoObserver_IsRefusedByName()
    {
        JsonRpcClient client = new ClientInVirtualTime().Client("a");

        Assert.All(
            new Action[]
            {
                () => client.Request("m").Subscribe(null!),
                () => client.Call("m").Subscribe(null!),
                () => client.Notify("m").Subscribe(null!),
                () => client.NotifyAll("m").Subscribe(null!),
            },
            subscribe => Assert.Equal("observer", Assert.Throws<ArgumentNullException>(subscribe).ParamName));
    }

    [Fact]
    public async Task Await_CancelledToken_CancelsTheAttempt()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world["a"].OnCall = _ => { };
        using var cancellation = new CancellationTokenSource();

        Task<RawJson> task = client.Request("m").ToTask(cancellation.Token);
        cancellation.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
    }

    [Fact]
    public void Request_SentInsideOnNext_IsAllowed()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");

        Answers<RawJson> answers = world.Subscribe(client.Request("one").SelectMany(_ => client.Request("two")));

        Assert.Equal("\"a\"", answers.Value.ToString());
        Assert.Equal(["one", "two"], world["a"].Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task Drain_OpenRequest_LetsItEndAndRefusesNewOnes()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        FakeCall? held = null;
        world["a"].OnCall = call => held = call;
        Answers<RawJson> open = world.Subscribe(client.Request("m"));

        Task drain = client.DrainAsync(TimeSpan.FromSeconds(1)).AsTask();
        Assert.Equal((ServerState.Draining, "draining"), (Assert.Single(world.Changes).To, world.Changes[0].Reason));
        Answers<RawJson> refused = world.Subscribe(client.Request("m"));
        held!.Result("7");

        Assert.Equal("7", open.Value.ToString());
        Assert.Contains("draining", refused.Failure<ServerUnavailableException>().Message);
        Assert.Equal(ServerState.Draining, client.Groups[0].Servers[0].State);
        await drain.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Drain_LimitPasses_FailsTheRest()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world["a"].OnCall = _ => { };
        var policy = new RequestPolicy { TryTimeout = TimeSpan.FromSeconds(4) };
        Answers<RawJson> open = world.Subscribe(client.Request("m", policy: policy));

        Task drain = client.DrainAsync(TimeSpan.FromSeconds(1)).AsTask();
        world.AdvanceTo(1500);

        await drain.WaitAsync(TimeSpan.FromSeconds(10));
        RequestTimeoutException failure = open.Failure<RequestTimeoutException>();
        Assert.Equal((Written.MaybeExecuted, "m"), (failure.Written, failure.Method));
        Attempt attempt = Assert.Single(failure.Attempts);
        Assert.Equal((AttemptEnd.Cancelled, Written.MaybeExecuted), (attempt.End, attempt.Written));
        Assert.Same(attempt.Server, failure.Server);
    }

    [Fact]
    public async Task Drain_LimitPassesBetweenRounds_SaysThatNothingWasWritten()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a!");
        Answers<RawJson> open = world.Subscribe(client.Request("m", policy: new RequestPolicy { Retries = -1 }));

        await client.DrainAsync(TimeSpan.Zero);

        RequestTimeoutException failure = open.Failure<RequestTimeoutException>();
        Assert.Equal(Written.NotWritten, failure.Written);
        Assert.Equal(AttemptEnd.Unavailable, Assert.Single(failure.Attempts).End);
    }

    [Fact]
    public void Changes_LossAndReturn_TellEveryTransitionWithItsReason()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world.AdvanceTo(500);

        world["a"].Kill();
        world.AdvanceTo(550);
        world["a"].Start();
        world.AdvanceTo(1000);

        Assert.Equal(
            [(ServerState.Waiting, 500), (ServerState.Connecting, 600), (ServerState.Connected, 600)],
            world.Changes.Select(change => (change.To, change.At.Ticks / TimeSpan.TicksPerMillisecond)));
        Assert.Contains("closed the connection", world.Changes[0].Reason);
        Assert.Equal("\"a\"", world.Subscribe(client.Request("m")).Value.ToString());
    }
}
