using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class BreakerTests
{
    [Fact]
    public void Request_FiveTimeouts_EjectUntilTheProbeIsAnswered()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b,1");
        world["a"].OnCall = _ => { };
        Requests(world, client, 5);
        world.AdvanceTo(500);
        Answers<Reply<RawJson>> ejected = world.Subscribe(client.Call("m"));
        world.AdvanceTo(5_499);
        world.Subscribe(client.Call("m"));
        Assert.Equal(5, world["a"].Calls.Count);
        Assert.Equal(ServerState.Ejected, client.Groups[0].Servers[0].State);

        world["a"].OnCall = call => call.Result("\"a\"");
        world.AdvanceTo(5_500);
        Answers<Reply<RawJson>> probe = world.Subscribe(client.Call("m"));

        Assert.Equal("\"b\"", ejected.Value.Result.ToString());
        Assert.Equal(AttemptEnd.Unavailable, ejected.Value.Attempts[0].End);
        Assert.Equal(Written.NotWritten, ejected.Value.Attempts[0].Written);
        Assert.Equal("memory:a is ejected by its circuit breaker for 5 s: 5 failures in a row", ejected.Value.Attempts[0].Reason);
        Assert.Equal("\"a\"", probe.Value.Result.ToString());
        Assert.Equal(
            ["500: Connected -> Ejected (ejected by its circuit breaker for 5 s: 5 failures in a row)", "5500: Ejected -> Connected (the probe call was answered)"],
            world.Changes.Where(change => change.From == ServerState.Ejected || change.To == ServerState.Ejected)
                .Select(change => $"{change.At.Ticks / TimeSpan.TicksPerMillisecond}: {change.From} -> {change.To} ({change.Reason})"));
    }

    [Theory]
    [InlineData(false, ServerState.Ejected)]
    [InlineData(true, ServerState.Connected)]
    public void Request_OnlyTryEndsAtTheLimit_SpeaksAgainstTheServerUnlessTheCallerSetThatLimit(bool deadline, ServerState state)
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a");
        world["a"].OnCall = _ => { };
        var policy = new RequestPolicy { TryTimeout = TimeSpan.FromSeconds(2), TotalTimeout = TimeSpan.FromSeconds(1) };
        if (deadline) policy = policy with { Deadline = world.Clock.Now + TimeSpan.FromMilliseconds(999) };

        for (int i = 0; i < 5; i++) world.Subscribe(client.Call("m", policy: policy));
        world.AdvanceTo(1_000);

        Assert.Equal(state, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Request_ProbeTimesOut_EjectsForTwiceAsLong()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b,1");
        world["a"].OnCall = _ => { };
        Requests(world, client, 5);
        world.AdvanceTo(5_500);
        Requests(world, client, 3);
        world.AdvanceTo(15_999);
        Requests(world, client, 3);
        Assert.Equal(6, world["a"].Calls.Count);

        world.AdvanceTo(16_000);
        Requests(world, client, 3);

        Assert.Equal(7, world["a"].Calls.Count);
    }

    [Fact]
    public void Request_ProbeCancelled_LeavesTheNextCallToProbe()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b,1");
        world["a"].OnCall = _ => { };
        Requests(world, client, 5);
        world.AdvanceTo(5_500);

        Requests(world, client, 1)[0].Subscription.Dispose();
        Requests(world, client, 2);

        Assert.Equal(7, world["a"].Calls.Count);
    }

    [Fact]
    public void Request_ApplicationErrors_NeverEject()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b,1");
        world["a"].OnCall = call => call.Error(-32000, "busy");

        Requests(world, client, 100);

        Assert.Equal(100, world["a"].Calls.Count);
        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Request_CancelledOrFaulty_NeverEject()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b,1");
        world["a"].OnCall = _ => { };

        foreach (Answers<RawJson> answers in Requests(world, client, 50)) answers.Subscription.Dispose();
        for (int i = 0; i < 50; i++) world.Subscribe(client.Request("m", RawJson.Parse("5")));

        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Request_OneConnectionLostWithManyPending_CountsOnce()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b,1");
        world["a"].OnCall = _ => { };
        for (int loss = 1; loss <= 5; loss++)
        {
            Requests(world, client, 10);
            world["a"].Kill();
            world["a"].Start();
            world.AdvanceTo(loss * 150);
            Assert.Equal(loss < 5 ? ServerState.Connected : ServerState.Ejected, client.Groups[0].Servers[0].State);
        }
    }

    [Fact]
    public void Request_EveryServerEjectedOrAway_IsSentAllTheSame()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b!,1");
        world["a"].OnCall = _ => { };
        Requests(world, client, 5);
        world.AdvanceTo(500);
        Assert.Equal(ServerState.Ejected, client.Groups[0].Servers[0].State);

        world["a"].OnCall = call => call.Result("1");

        Assert.Equal("1", world.Subscribe(client.Request("m")).Value.ToString());
        Assert.Equal(ServerState.Ejected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Request_MostCallsFailEverywhere_EjectsHalfOfTheGroup()
    {
        var world = new ClientInVirtualTime();
        string[] names = ["a", "b", "c", "d"];
        JsonRpcClient client = Client(world, string.Join(' ', names));
        foreach (string name in names)
        {
            world[name].OnCall = call =>
            {
                if (world[name].Calls.Count % 3 == 0) call.Result("1");
            };
        }
        for (int i = 1; i <= 50; i++)
        {
            Requests(world, client, 4);
            world.AdvanceTo(i * 100);
        }

        Assert.Equal(2, client.Groups[0].Servers.Count(server => server.State == ServerState.Ejected));
    }

    [Fact]
    public void Request_CutByTheTotalTimeoutAfterAnotherServer_DoesNotEject()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b,1");
        world["a"].OnCall = world["b"].OnCall = _ => { };
        var policy = new RequestPolicy { Replay = Replay.Always, TotalTimeout = TimeSpan.FromMilliseconds(510) };

        for (int i = 0; i < 5; i++) world.Subscribe(client.Request("m", policy: policy));
        world.AdvanceTo(1000);

        Assert.Equal(5, world["b"].Calls.Count);
        Assert.Equal(ServerState.Ejected, client.Groups[0].Servers[0].State);
        Assert.Equal(ServerState.Connected, client.Groups[1].Servers[0].State);
    }

    [Fact]
    public void Request_ReplyThatCannotBeRead_IsASignOfLife()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b,1");
        world["a"].OnCall = call =>
        {
            if (call.Method == "unreadable") call.Result("\"text\"");
        };
        Requests(world, client, 4);
        world.AdvanceTo(500);
        world.Subscribe(client.Request(Method<int[], int>.Create("unreadable"), [])).Failure<InvalidReplyException>();
        Requests(world, client, 4);

        world.AdvanceTo(1000);

        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Request_FaultyParametersBetweenTimeouts_IsNoSignOfLife()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b,1");
        world["a"].OnCall = _ => { };
        Requests(world, client, 4);
        world.AdvanceTo(500);
        world.Subscribe(client.Request("m", RawJson.Parse("5"))).Failure<InvalidParametersException>();
        Requests(world, client, 1);

        world.AdvanceTo(1000);

        Assert.Equal(ServerState.Ejected, client.Groups[0].Servers[0].State);
    }

    [Fact]
    public void Drain_ProbeIsAnsweredMeanwhile_IsStillToldAsDraining()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = Client(world, "a,2 b,1");
        world["a"].OnCall = _ => { };
        Requests(world, client, 5);
        world.AdvanceTo(5_500);
        Requests(world, client, 1);
        _ = client.DrainAsync(TimeSpan.FromMinutes(1)).AsTask();

        world["a"].Calls[^1].Result("1");

        ServerSnapshot seen = client.Snapshot().Servers[0];
        Assert.Equal((ServerState.Draining, "draining", null), (seen.State, seen.Reason, seen.EjectedUntil));
    }

    [Fact]
    public void Request_Off_NeverEjects()
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a,2 b,1", options => options with { Breaker = BreakerOptions.Off });
        world["a"].OnCall = _ => { };
        Requests(world, client, 50);

        world.AdvanceTo(1000);

        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    private static JsonRpcClient Client(ClientInVirtualTime world, string servers) =>
        world.Client(servers, options => options with { Random = () => 0 });

    private static Answers<RawJson>[] Requests(ClientInVirtualTime world, JsonRpcClient client, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => world.Subscribe(client.Request("m")))];
}
