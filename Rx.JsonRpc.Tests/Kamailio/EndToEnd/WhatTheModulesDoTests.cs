namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>The cases in which Kamailio's own modules fail one way or another, one call each.</summary>
[Collection(nameof(RealKamailio))]
public sealed class WhatTheModulesDoTests
{
    private const string Good = "200 {\"user\":1}";

    private static readonly RequestPolicy Patient = new() { TryTimeout = TimeSpan.FromSeconds(10), TotalTimeout = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task Reply_AfterTheTimeout_IsCountedAndDropped()
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address]);
        backend.FirstThen(Backend.After(TimeSpan.FromMilliseconds(700)));
        Task<ServerDiagnostic> dropped = world.NextDrop(DropReason.LateReply);

        Assert.Equal("504 timeout", $"{(await world.CallAsync()).Final}");
        await dropped;
        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
        Assert.Equal(1, backend.Connections);
        world.AssertNoneResumedTwice();
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","result":0,"id":987654}""", DropReason.UnknownId)]
    [InlineData("""{"jsonrpc":"2.0","result":0,"id":null}""", DropReason.UnknownId)]
    [InlineData("""{"jsonrpc":"2.0","result":{"user":1},"id":ID}""", DropReason.LateReply)]
    public async Task Reply_ThatNobodyWaitsFor_IsCountedAndDropped(string more, DropReason reason)
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Patient);
        backend.FirstThen(async call =>
        {
            // The good one first: the same reply again is then one that nobody waits for.
            await Backend.AnswersAsync(call);
            await call.ReplyAsync(more);
        });
        Task<ServerDiagnostic> dropped = world.NextDrop(reason);

        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
        await dropped;
        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
        Assert.Equal(1, backend.Connections);
        world.AssertNoneResumedTwice();
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","result":null,"id":ID}""", "200 null")]
    [InlineData("""{"result":{"user":1},"id":ID}""", Good)]
    [InlineData("""{"jsonrpc":"2.0","result":{"user":1},"id":"ID"}""", Good)]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-7,"message":"no credit"},"id":ID}""", "500 no credit")]
    public async Task Reply_OfAnyForm_IsRead(string reply, string expected)
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Patient);
        backend.Behave = call => call.ReplyAsync(reply);

        Assert.Equal(expected, $"{(await world.CallAsync()).Final}");
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task Reply_InTwoSegments_IsRead()
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Patient);
        backend.Behave = async call =>
        {
            string frame = Support.RawTcpServer.ReplyTo(call.Request, "{\"user\":1}");
            await call.SendAsync(frame[..1]);
            await Task.Delay(50);
            await call.SendAsync(frame[1..20]);
            await Task.Delay(50);
            await call.SendAsync(frame[20..]);
        };

        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
        Assert.Equal(1, backend.Connections);
    }

    [Theory]
    [InlineData(false, "500 failure")]
    [InlineData(true, Good)]
    public async Task Server_ClosesWithTheCallInFlight_IsAFailureAtOnceOrTheNextServer(bool idempotent, string expected)
    {
        await using var first = new Backend();
        await using var second = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([$"{first.Address},2", $"{second.Address},1"], Patient);
        first.Behave = call =>
        {
            call.Stream.Close();
            return Task.CompletedTask;
        };

        SipCall call = await world.CallAsync(idempotent ? "X-Idempotent: 1" : "X-None: 0");

        Assert.Equal(expected, $"{call.Final}");
        // Long before the timeout of 10 s.
        Assert.InRange(call.Took.TotalSeconds, 0, 4);
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task Netstring_Malformed_IsAFailureAtOnceAndTheServerComesBack()
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        var policy = new RequestPolicy { TryTimeout = TimeSpan.FromSeconds(10), TotalTimeout = TimeSpan.FromSeconds(10), Retries = -1 };
        await world.ServeAsync([backend.Address], policy);
        backend.FirstThen(call => call.SendAsync("12x:nonsense"));

        SipCall call = await world.CallAsync();
        Assert.Equal("500 failure", $"{call.Final}");
        Assert.Contains("netstring", call.Final.Error, StringComparison.OrdinalIgnoreCase);
        SipCall next = await world.CallAsync();
        Assert.Equal(Good, $"{next.Final}");
        // At once, where the module needs 500 ms and then 2.6 s; no part of the timeout of 10 s.
        Assert.All([call, next], each => Assert.InRange(each.Took.TotalSeconds, 0, 2));
        Assert.Equal(2, backend.Connections);
    }

    [Fact]
    public async Task Json_MalformedInAGoodFrame_TimesOutAndTheConnectionStays()
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address]);
        backend.FirstThen(call => call.SendAsync("5:{oops,"));
        Task<ServerDiagnostic> dropped = world.NextDrop(DropReason.NotJson);

        Assert.Equal("504 timeout", $"{(await world.CallAsync()).Final}");
        await dropped;
        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
        Assert.Equal(1, backend.Connections);
    }

    [Fact]
    public async Task Params_InSingleQuotes_AreAccepted()
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Patient);

        Assert.Equal(Good, $"{(await world.CallAsync("X-Params: {'id': 77}")).Final}");
        Assert.Contains("\"params\":{\"id\": 77}", Assert.Single(backend.Requests));
    }

    [Theory]
    [InlineData("{id: 1")]
    [InlineData("7")]
    public async Task Params_NotJson_AreAFailureAtOnce(string parameters)
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Patient);

        SipCall call = await world.CallAsync($"X-Params: {parameters}");

        Assert.Equal("500 failure", $"{call.Final}");
        Assert.Contains("param", call.Final.Error);
        Assert.Empty(backend.Requests);
    }

    [Theory]
    [InlineData(12_000_000, "frame")]
    [InlineData(100_000, "MaxAnswerBytes")]
    public async Task Result_TooLong_IsAClearError(int bytes, string expected)
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Patient);
        backend.Behave = call => call.ReplyAsync($$"""{"jsonrpc":"2.0","result":"{{new string('x', bytes)}}","id":ID}""");

        SipCall call = await world.CallAsync();

        Assert.Equal("500 failure", $"{call.Final}");
        Assert.Contains(expected, call.Final.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Server_RestartedWithDefaultAttempts_ComesBack()
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], new RequestPolicy { TotalTimeout = TimeSpan.FromSeconds(3), Retries = -1 });
        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
        await backend.KillAsync();
        Assert.Equal("500 failure", $"{(await world.CallAsync("X-Timeout: 200")).Final}");
        backend.StartAgain();
        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
    }

    [Fact]
    public async Task Servers_OfOnePriority_AreCalledStrictlyInTurn()
    {
        await using var first = new Backend();
        await using var second = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([first.Address, second.Address], Patient);

        Assert.All(await world.LoadAsync(100, 60), call => Assert.Equal(Good, $"{call.Final}"));
        Assert.Equal((30, 30), (first.Requests.Count, second.Requests.Count));
    }

    [Fact]
    public async Task Server_Nowhere_IsAFailureAtOnce()
    {
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([await Tool.ToolRun.NobodyAsync()], Patient);

        Assert.Equal("500 failure", $"{(await world.CallAsync()).Final}");
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task Invite_Answered_IsResumedAtTheReturnRoute()
    {
        await using var backend = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Patient);

        Assert.All(await world.InviteAsync(20), call => Assert.Equal(Good, $"{call.Final}"));
        world.AssertNoneResumedTwice();
    }
}

/// <summary>One Kamailio at a time, and nothing beside it: the others measure time.</summary>
[CollectionDefinition(nameof(RealKamailio), DisableParallelization = true)]
public sealed class RealKamailio;
