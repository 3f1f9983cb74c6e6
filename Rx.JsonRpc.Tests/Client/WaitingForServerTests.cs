using System.Reactive;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>The policy <see cref="WhenDisconnected.Wait"/>: reconnects come each 100 ms here.</summary>
public class WaitingForServerTests
{
    private static readonly RequestPolicy Wait = new() { WhenDisconnected = WhenDisconnected.Wait };

    private static readonly RequestPolicy Patient = Wait with { TryTimeout = TimeSpan.FromMinutes(1), TotalTimeout = TimeSpan.FromMinutes(1) };

    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void Request_NoServerUp_IsSentOnceOneIsConnected()
    {
        JsonRpcClient client = _world.Client("a!,2 b!,1");
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m", policy: Wait));
        Answers<Unit> notification = _world.Subscribe(client.Notify("n", policy: Wait));
        _world.AdvanceTo(250);
        Assert.True(answers.Silent);

        _world["b"].Start();
        _world.AdvanceTo(1000);

        Assert.Equal("\"b\"", answers.Value.Result.ToString());
        Assert.Equal(300, answers.CompletedAt);
        Assert.Equal(
            [("memory:a", AttemptEnd.Unavailable, 0), ("memory:b", AttemptEnd.Unavailable, 0), ("memory:a", AttemptEnd.Unavailable, 300), ("memory:b", AttemptEnd.Result, 300.0)],
            answers.Value.Attempts.Select(attempt => (attempt.Server.EndPoint.ToString()!, attempt.End, attempt.StartedAfter.TotalMilliseconds)));
        Assert.Equal(300, notification.CompletedAt);
        Assert.Equal(["m", "n"], _world["b"].Calls.Select(call => call.Method));
    }

    [Fact]
    public void Request_FailFast_FailsAtOnce()
    {
        JsonRpcClient client = _world.Client("a!");
        _world.Subscribe(client.Request("m")).Failure<NoServerException>();
    }

    [Fact]
    public void Request_AllServersLostUnderIt_WaitsForTheirReturnIfItMayBeSentAgain()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        _world["a"].OnCall = _ => { };
        _world["b"].Kill();
        _world.AdvanceTo(10);
        Answers<Reply<RawJson>> again = _world.Subscribe(client.Call("again", policy: Wait with { Replay = Replay.Always }));
        Answers<Reply<RawJson>> once = _world.Subscribe(client.Call("once", policy: Wait));
        _world.AdvanceTo(20);

        _world["a"].Kill();
        Assert.Equal(20, once.Error!.Value.At);
        once.Failure<ConnectionLostException>();
        _world.AdvanceTo(250);
        Assert.True(again.Silent);
        _world["b"].Start();
        _world.AdvanceTo(1000);

        Assert.Equal("\"b\"", again.Value.Result.ToString());
        Assert.Equal(300, again.CompletedAt);
        Assert.Equal(["again"], _world["b"].Calls.Select(call => call.Method));
    }

    [Fact]
    public void Request_ServerLost_WaitsForItsReturn()
    {
        JsonRpcClient client = _world.Client("a");
        _world.AdvanceTo(50);
        _world["a"].Kill();
        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Wait));
        _world.AdvanceTo(120);

        _world["a"].Start();
        _world.AdvanceTo(1000);

        Assert.Equal("\"a\"", answers.Value.ToString());
        Assert.Equal(150, Assert.Single(_world["a"].Calls).At / TimeSpan.TicksPerMillisecond);
    }

    [Fact]
    public void Request_TimeIsUpInTheLine_FailsAsNoServerWithEveryAttempt()
    {
        JsonRpcClient client = _world.Client("a!,2 b!,1");

        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Wait with { TotalTimeout = TimeSpan.FromMilliseconds(730) }));
        _world.AdvanceTo(10_000);

        NoServerException failure = answers.Failure<NoServerException>();
        Assert.Equal(730, answers.Error!.Value.At);
        Assert.Equal(["memory:a", "memory:b"], failure.Attempts.Select(attempt => attempt.Server.ToString()));
        Assert.StartsWith("m: no server answered after 2 attempts within the total timeout of 730 ms: memory:a Unavailable: memory:a is not connected: ", failure.Message);
        Assert.EndsWith("Check that a server is running and can be reached", failure.Message);
        Assert.Equal(("failure", Written.NotWritten), (Outcome<RawJson>.From(failure).Reason, failure.Written));
    }

    [Fact]
    public void Request_LineFull_FailsAtOnceAndNamesTheOption()
    {
        JsonRpcClient client = _world.Client("a!", options => options with { MaxWaitingRequests = 2 });
        RequestPolicy policy = Wait with { Retries = 5, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(10)) };
        Answers<RawJson>[] answers = [.. Enumerable.Range(0, 3).Select(_ => _world.Subscribe(client.Request("m", policy: policy)))];

        Assert.Equal([true, true, false], answers.Select(answer => answer.Silent));
        NoServerException failure = answers[2].Failure<NoServerException>();
        Assert.Equal(0, answers[2].Error!.Value.At);
        Assert.Contains("MaxWaitingRequests (2)", failure.Message);
        Assert.Single(failure.Attempts);

        answers[0].Subscription.Dispose();
        Assert.True(_world.Subscribe(client.Request("m", policy: policy)).Silent);
        _world.Subscribe(client.Request("m", policy: policy)).Failure<NoServerException>();
    }

    [Fact]
    public void Request_ServerTakesOneAtATime_EarliestDeadlineFirst()
    {
        JsonRpcClient client = _world.Client("a!", options => options with { MaxInFlightPerServer = 1 });
        _world["a"].OnCall = _ => { };
        int[] seconds = [40, 20, 30, 10, 20];
        for (int i = 0; i < seconds.Length; i++)
        {
            _world.Subscribe(client.Request($"{seconds[i]}-{i}", policy: Wait with { TotalTimeout = TimeSpan.FromSeconds(seconds[i]) }));
        }

        _world["a"].Start();
        _world.AdvanceTo(100);
        for (int sent = 1; sent <= 5; sent++)
        {
            Assert.Equal(sent, _world["a"].Calls.Count);
            _world["a"].Calls[^1].Result("1");
        }

        Assert.Equal(["10-3", "20-1", "20-4", "30-2", "40-0"], _world["a"].Calls.Select(call => call.Method));
    }

    [Fact]
    public void Request_ThousandsWait_OnlyAsManyAreCalledAsThereIsRoom()
    {
        JsonRpcClient client = _world.Client("a!", options => options with { MaxInFlightPerServer = 3 });
        _world["a"].OnCall = _ => { };
        Answers<Reply<RawJson>>[] answers = [.. Enumerable.Range(0, 2000).Select(_ => _world.Subscribe(client.Call("m", policy: Wait)))];

        _world["a"].Start();
        _world.AdvanceTo(150);
        Assert.Equal(3, _world["a"].Calls.Count);
        // From here on the server answers at once: each reply, on the same stack, lets in the next one.
        _world["a"].OnCall = call => call.Result("1");
        _world["a"].Calls[0].Result("1");

        Assert.Equal(1998, answers.Count(answer => answer.CompletedAt is not null));
        Assert.All(answers.Where(answer => answer.CompletedAt is not null), answer => Assert.Equal(2, answer.Value.Attempts.Count));
    }

    [Fact]
    public void Request_ServersAreFull_WaitsForRoomThatATimeoutOrACancelMakes()
    {
        JsonRpcClient client = _world.Client("a", options => options with { MaxInFlightPerServer = 2 });
        _world["a"].OnCall = _ => { };
        _world.Subscribe(client.Request("m"));
        Answers<RawJson> second = _world.Subscribe(client.Request("m"));
        Answers<RawJson>[] waiting = [.. Enumerable.Range(0, 2).Select(_ => _world.Subscribe(client.Request("m", policy: Wait)))];
        Assert.Equal(2, _world["a"].Calls.Count);

        _world.AdvanceTo(100);
        second.Subscription.Dispose();
        Assert.Equal(3, _world["a"].Calls.Count);
        _world.AdvanceTo(500);

        Assert.Equal([0, 0, 100, 500], _world["a"].Calls.Select(call => call.At / TimeSpan.TicksPerMillisecond));
        Assert.All(waiting, answers => Assert.True(answers.Silent));
    }

    [Fact]
    public void Request_ServerTakesNoMoreBytes_WaitsUntilItDoes()
    {
        var network = new InMemoryNetwork(_world.Clock);
        ScriptedServer a = new ScriptedServer(network, new InMemoryEndPoint("a"), _world.Clock).OnAny(answer => answer.Result("1"));
        var options = network.ClientOptions(a.WithPriority(1)) with { MaxFrameBytes = 100_000, MaxQueuedBytesPerConnection = 100_000 };
        var client = new JsonRpcClient(options, _world.Clock);
        client.Start();
        RawJson large = RawJson.Parse($"[\"{new string('f', 70_000)}\"]");
        network.At("a").BlackHole();
        // What the socket holds back, and what fills the queue behind it. Notifications: they have no slots that could come free.
        for (int i = 0; i < 2; i++) _world.Subscribe(client.Notify("fill", large));
        Answers<RawJson> waiting = _world.Subscribe(client.Request("m", large, Wait));
        Assert.Contains("MaxQueuedBytes", _world.Subscribe(client.Request("m", large)).Failure<NoServerException>().Message);
        _world.AdvanceTo(2000);
        Assert.True(waiting.Silent);

        network.At("a").Heal();
        _world.AdvanceTo(2001);

        Assert.Equal("1", waiting.Value.ToString());
    }

    [Fact]
    public void Request_LastUsableServerIsLost_TheEjectedOneIsAsked()
    {
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { MaxInFlightPerServer = 5 });
        _world["a"].OnCall = _world["b"].OnCall = _ => { };
        for (int i = 0; i < 5; i++) _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(500);
        Assert.Equal(ServerState.Ejected, client.Groups[0].Servers[0].State);
        for (int i = 0; i < 5; i++) _world.Subscribe(client.Request("m"));
        Answers<RawJson> waiting = _world.Subscribe(client.Request("m", policy: Wait));
        Assert.Equal((5, 5), (_world["a"].Calls.Count, _world["b"].Calls.Count));

        _world.AdvanceTo(600);
        _world["b"].Kill();

        Assert.Equal((6, 5), (_world["a"].Calls.Count, _world["b"].Calls.Count));
        Assert.Equal(600, _world["a"].Calls[^1].At / TimeSpan.TicksPerMillisecond);
        Assert.True(waiting.Silent);
    }

    [Fact]
    public void Request_LastUsableServerIsLost_AsManyAreCalledAsTheEjectedOnesTake()
    {
        JsonRpcClient client = _world.Client("a,3 b,2 c,1", options => options with { MaxInFlightPerServer = 5 });
        _world["a"].OnCall = _world["b"].OnCall = _world["c"].OnCall = _ => { };
        foreach (int at in new[] { 500, 1000, 1001 })
        {
            for (int i = 0; i < 5; i++) _world.Subscribe(client.Request("m"));
            _world.AdvanceTo(at);
        }
        Assert.Equal([ServerState.Ejected, ServerState.Ejected, ServerState.Connected], client.Groups.Select(group => group.Servers[0].State));
        for (int i = 0; i < 12; i++) _world.Subscribe(client.Request("m", policy: Wait));

        _world["c"].Kill();

        Assert.Equal((10, 10), (_world["a"].Calls.Count, _world["b"].Calls.Count));
    }

    [Fact]
    public void Request_EjectedServerComesBack_AsManyAreCalledAsItTakes()
    {
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { MaxInFlightPerServer = 5, Random = () => 0 });
        _world["a"].OnCall = _world["b"].OnCall = _ => { };
        for (int i = 0; i < 5; i++) _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(500);
        for (int i = 0; i < 5; i++) _world.Subscribe(client.Request("m", policy: Patient));
        for (int i = 0; i < 3; i++) _world.Subscribe(client.Request("waits", policy: Patient));
        _world.AdvanceTo(5_500);
        _world.Subscribe(client.Request("probe"));
        Assert.Equal((6, 5), (_world["a"].Calls.Count, _world["b"].Calls.Count));

        _world["a"].Calls[^1].Result("1");

        Assert.Equal(["waits", "waits", "waits"], _world["a"].Calls[6..].Select(call => call.Method));
    }

    [Fact]
    public void Request_ServersAreFullOrEjected_IsNotCalledInVainWhenOthersComeAndGo()
    {
        JsonRpcClient client = _world.Client("a,3 b,2 c!,1", options => options with { MaxInFlightPerServer = 5 });
        _world["a"].OnCall = _world["b"].OnCall = _ => { };
        for (int i = 0; i < 5; i++) _world.Subscribe(client.Request("m"));
        _world.AdvanceTo(500);
        Answers<RawJson>[] busy = [.. Enumerable.Range(0, 5).Select(_ => _world.Subscribe(client.Request("m", policy: Patient)))];
        Answers<Reply<RawJson>> waiting = _world.Subscribe(client.Call("m", policy: Patient));

        _world.AdvanceTo(3000);
        busy[0].Subscription.Dispose();
        _world["b"].Calls[^1].Result("1");

        Assert.Equal(
            ["memory:a", "memory:b", "memory:c", "memory:a", "memory:b"],
            waiting.Value.Attempts.Select(attempt => attempt.Server.EndPoint.ToString()));
    }

    [Fact]
    public void Request_NoBoundInTime_WaitsAllTheSame()
    {
        JsonRpcClient client = _world.Client("a!");
        _world.AdvanceTo(10);
        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Wait with { TotalTimeout = TimeSpan.MaxValue }));

        _world["a"].Start();
        _world.AdvanceTo(100);

        Assert.Equal("\"a\"", answers.Value.ToString());
    }

    [Fact]
    public void Request_Waits_CostsNoRetriesAndNoBudget()
    {
        RetryBudget one = new() { Ratio = 0, PerSecond = 0, Burst = 1 };
        JsonRpcClient client = _world.Client("a!", options => options with { RetryBudget = one });
        RequestPolicy policy = Wait with { Retries = 1, Backoff = Backoff.None, RetryOn = ErrorCodes.Parse("-32000"), TotalTimeout = TimeSpan.FromMinutes(1) };
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m", policy: policy));
        _world["a"].OnCall = call => call.Error(-32000, "busy");
        _world.AdvanceTo(950);

        _world["a"].Start();
        _world.AdvanceTo(2000);

        // The one retry and the one token are for the error.
        Assert.Equal("busy", answers.Value.Error!.Message);
        Assert.Equal(2, _world["a"].Calls.Count);
    }

    [Fact]
    public void Request_ServerSilent_DoesNotWait()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Wait with { Replay = Replay.Always }));

        _world.AdvanceTo(500);

        Assert.Equal(AttemptEnd.TimedOut, Assert.Single(answers.Failure<RequestTimeoutException>().Attempts).End);
    }
}
