using System.Reactive;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What a drain and a dispose promise, wherever in its pipeline a request is.</summary>
public class ClosingPromisesTests
{
    private static readonly RequestPolicy Patient = new() { TryTimeout = TimeSpan.FromHours(1), TotalTimeout = TimeSpan.FromHours(1), Retries = -1 };

    private readonly ClientInVirtualTime _world = new();
    private readonly List<Outcome<RawJson>> _outcomes = [];

    [Fact]
    public async Task Dispose_RequestInFlight_ResumesOnceAsCancelled()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        await AssertCancelledOnce(client, () => _world["a"].Calls[0].Result("1"));
    }

    [Fact]
    public async Task Dispose_RequestWaitsForTheFirstConnect_ResumesOnceAsCancelled()
    {
        JsonRpcClient client = ClientThatNeverConnects();
        await AssertCancelledOnce(client, () => _world.Network.At("a").Heal());
        Assert.Empty(_world["a"].Accepted);
    }

    [Fact]
    public async Task Dispose_RequestWaitsForItsNextRound_ResumesOnceAsCancelled()
    {
        JsonRpcClient client = _world.Client("a!");
        await AssertCancelledOnce(client, () => _world["a"].Start());
        Assert.Empty(_world["a"].Accepted);
    }

    [Fact]
    public async Task Dispose_RequestWaitsInTheSendQueue_ResumesOnceAsCancelled()
    {
        JsonRpcClient client = StuckWriter();
        await AssertCancelledOnce(client, () => _world.Network.At("a").Heal());
    }

    [Fact]
    public async Task Dispose_ReplyComesInsideTheContinuation_ResumesOnceAsCancelled()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        client.Call("m", policy: Patient).Resume(outcome =>
        {
            _outcomes.Add(outcome);
            _world["a"].Calls[0].Result("1");
        });

        await Dispose(client);

        Assert.Equal(OutcomeKind.Cancelled, Assert.Single(_outcomes).Kind);
    }

    [Fact]
    public async Task Dispose_HotObserversAndTimers_NothingFiresAfterwards()
    {
        JsonRpcClient client = _world.Client("a b! c", options => options with { Heartbeat = new HeartbeatOptions() });
        _world["a"].OnCall = _ => { };
        _world["c"].OnCall = _ => { };
        _world["c"].OnUnreadable = _ => { };
        Answers<ServerChange> changes = _world.Subscribe(client.Changes);
        Answers<ServerNotification> notifications = _world.Subscribe(client.Notifications);
        Answers<ServerDiagnostic> diagnostics = _world.Subscribe(client.Diagnostics);
        Answers<ServerRequest> calls = _world.Subscribe(client.Calls);
        for (int i = 0; i < 3; i++) _world.Subscribe(client.Request("m", policy: Patient));
        Push("c", """{"jsonrpc":"2.0","method":"asked","id":1}""");
        Push("a", """{"jsonrpc":"2.0","method":"early"}""");
        Push("a", """{"jsonrpc":"2.0"}""");
        Assert.Single(diagnostics.Values);
        _world.AdvanceTo(950);

        await Dispose(client);
        (int, int, int) seen = (changes.Values.Count, diagnostics.Values.Count, _world["a"].Calls.Count + _world["c"].Calls.Count);
        // The virtual clock moves only to what is still to come.
        _world.Clock.Start();
        Assert.Equal(950, _world.Now);
        _world["b"].Start();
        Push("a", """{"jsonrpc":"2.0","method":"late"}""");
        Push("c", "not json");
        _world.AdvanceTo(3_600_000);

        Assert.Equal(seen, (changes.Values.Count, diagnostics.Values.Count, _world["a"].Calls.Count + _world["c"].Calls.Count));
        Assert.Equal((1, 0, 1), (_world["a"].Accepted.Count, _world["b"].Accepted.Count, _world["c"].Accepted.Count));
        Assert.Equal("early", Assert.Single(notifications.Values).Value.Method);
        Assert.False(Assert.Single(calls.Values).Value.TryAnswer(default));
        Assert.All([changes.CompletedAt, notifications.CompletedAt, diagnostics.CompletedAt, calls.CompletedAt], at => Assert.Equal(950, at));
    }

    [Fact]
    public async Task Dispose_PeerNeverEnds_IsSilentFromTheStart()
    {
        JsonRpcClient client = _world.Client("a", options => options with { Heartbeat = new HeartbeatOptions() });
        Answers<ServerNotification> notifications = _world.Subscribe(client.Notifications);
        _world.Subscribe(client.Calls);
        Push("a", """{"jsonrpc":"2.0","method":"asked","id":1}""");
        _world.Network.At("a").BlackHole();
        Task disposed = client.DisposeAsync().AsTask();
        Assert.False(disposed.IsCompleted);

        _world.AdvanceTo(500);
        await disposed.WaitAsync(TimeSpan.FromSeconds(30));
        _world.Network.At("a").Heal();
        _world.Clock.Start();

        Assert.Equal(500, _world.Now);
        Assert.Empty(_world["a"].Calls);
        Assert.Single(_world["a"].Accepted);
        Assert.NotNull(notifications.CompletedAt);
        Assert.Equal([ServerState.Retired], _world.Changes.Select(change => change.To));
    }

    [Fact]
    public async Task Dispose_WhileDraining_EndsTheDrainAndTheRest()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        client.Call("m", policy: Patient).Resume(_outcomes.Add);
        Task drain = client.DrainAsync(TimeSpan.FromHours(1)).AsTask();
        Assert.Empty(_outcomes);

        await Dispose(client);
        await drain.WaitAsync(TimeSpan.FromSeconds(30));
        _world.AdvanceTo(7_200_000);

        Assert.Equal(OutcomeKind.Cancelled, Assert.Single(_outcomes).Kind);
    }

    [Fact]
    public async Task Drain_RequestBetweenRounds_MayStillEnd()
    {
        JsonRpcClient client = _world.Client("a!");
        Answers<RawJson> open = _world.Subscribe(client.Request("m", policy: Patient));
        Task drain = client.DrainAsync(TimeSpan.FromMinutes(1)).AsTask();
        _world["a"].Start();

        _world.AdvanceTo(59_000);

        Assert.Equal("\"a\"", open.Value.ToString());
        await drain.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Drain_LimitPasses_FailsEachOnceAndNothingComesLater()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        for (int i = 0; i < 3; i++) client.Call("m", policy: Patient).Resume(_outcomes.Add);
        Answers<RawJson> early = _world.Subscribe(client.Request("m", policy: Patient));
        Task drain = client.DrainAsync(TimeSpan.FromSeconds(1)).AsTask();
        _world.AdvanceTo(999);
        _world["a"].Calls[3].Result("7");
        Assert.Equal(("7", 0), (early.Value.ToString(), _outcomes.Count));

        _world.AdvanceTo(1000);
        await drain.WaitAsync(TimeSpan.FromSeconds(30));
        foreach (FakeCall call in _world["a"].Calls.Take(3)) call.Result("1");
        _world.AdvanceTo(7_200_000);

        Assert.Equal([OutcomeKind.Timeout, OutcomeKind.Timeout, OutcomeKind.Timeout], _outcomes.Select(outcome => outcome.Kind));
        Assert.All(_outcomes, outcome => Assert.Contains("drained", outcome.Failure!.Message));
    }

    [Fact]
    public async Task Drain_EveryKindOfRequest_IsRefused()
    {
        JsonRpcClient client = _world.Client("a");
        await client.DrainAsync(TimeSpan.Zero);

        _world.Subscribe(client.Request("m")).Failure<ServerUnavailableException>();
        _world.Subscribe(client.Call("m")).Failure<ServerUnavailableException>();
        _world.Subscribe(client.Notify("m")).Failure<ServerUnavailableException>();
        client.Call("m").Resume(_outcomes.Add);

        Assert.Equal(OutcomeKind.Failure, Assert.Single(_outcomes).Kind);
        Assert.Empty(_world["a"].Calls);
    }

    [Fact]
    public async Task Drain_Cancelled_LeavesTheOpenRequestsOpen()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        Answers<RawJson> open = _world.Subscribe(client.Request("m", policy: Patient));
        using var cancellation = new CancellationTokenSource();
        Task drain = client.DrainAsync(TimeSpan.FromMinutes(1), cancellation.Token).AsTask();

        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drain.WaitAsync(TimeSpan.FromSeconds(30)));
        _world.AdvanceTo(120_000);
        Assert.True(open.Silent);
        _world["a"].Calls[0].Result("7");

        Assert.Equal("7", open.Value.ToString());
    }

    [Fact]
    public async Task Drain_PeerDies_IsFoundByTheHeartbeatBeforeTheLimit()
    {
        JsonRpcClient client = _world.Client("a", options => options with { Heartbeat = new HeartbeatOptions() });
        _world["a"].OnCall = _ => { };
        Answers<RawJson> open = _world.Subscribe(client.Request("m", policy: Patient));
        Task drain = client.DrainAsync(TimeSpan.FromHours(1)).AsTask();

        _world.AdvanceTo(7000);

        Assert.Equal(7000, open.Error!.Value.At);
        await drain.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Drain_NotificationStillQueued_LeavesFirst()
    {
        JsonRpcClient client = StuckWriter();
        Answers<Unit> notify = _world.Subscribe(client.Notify("last", policy: Patient));
        Task drain = client.DrainAsync(TimeSpan.FromMinutes(1)).AsTask();
        _world.AdvanceTo(1000);
        Assert.False(drain.IsCompleted);

        _world.Network.At("a").Heal();
        await drain.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(Unit.Default, notify.Value);
        Assert.Equal("last", _world["a"].Calls[^1].Method);
    }

    private async Task AssertCancelledOnce(JsonRpcClient client, Action afterwards)
    {
        client.Call("m", policy: Patient).Resume(_outcomes.Add);
        _world.AdvanceTo(30);
        Assert.Empty(_outcomes);

        await Dispose(client);
        Assert.Equal((OutcomeKind.Cancelled, "cancelled"), (Assert.Single(_outcomes).Kind, _outcomes[0].Reason));
        afterwards();
        _world.AdvanceTo(7_200_000);

        Assert.Single(_outcomes);
    }

    /// <summary>A peer that does not end holds it up for half a second each, on the clock.</summary>
    private async Task Dispose(JsonRpcClient client)
    {
        Task disposed = client.DisposeAsync().AsTask();
        if (!disposed.IsCompleted) _world.AdvanceTo(_world.Now + 1000);
        await disposed.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private JsonRpcClient ClientThatNeverConnects() => _world.Client("a", options =>
    {
        _world.Network.At("a").NeverConnect();
        return options with { ConnectTimeout = TimeSpan.FromHours(1) };
    });

    private JsonRpcClient StuckWriter()
    {
        JsonRpcClient client = _world.Client("a");
        _world.Network.At("a").BlackHole();
        _world.Subscribe(client.Notify("big", RawJson.Parse($"[\"{new string('x', 70_000)}\"]")));
        return client;
    }

    private void Push(string name, string payload) => _world[name].Connection!.TrySend(System.Text.Encoding.UTF8.GetBytes(payload));
}
