using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What ends those who wait for a server: their caller, or the client.</summary>
public class WaitingForServerEndTests
{
    private static readonly RequestPolicy Wait = new() { WhenDisconnected = WhenDisconnected.Wait };

    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void Dispose_WhileItWaits_LeavesTheLine()
    {
        JsonRpcClient client = _world.Client("a!");
        Answers<RawJson> answers = _world.Subscribe(client.Request("m", policy: Wait));
        answers.Subscription.Dispose();

        _world["a"].Start();
        _world.AdvanceTo(1000);

        Assert.True(answers.Silent);
        Assert.Empty(_world["a"].Calls);
    }

    [Fact]
    public async Task DisposeAsync_OneInFlightAndOneWaiting_EndsBothAndSendsNothing()
    {
        (JsonRpcClient client, Answers<RawJson>[] all) = YoungerInFlightOlderWaiting();

        await client.DisposeAsync();

        Assert.All(all, answers => answers.Failure<ObjectDisposedException>());
        Assert.Equal(["first", "younger"], _world["a"].Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task DrainAsync_LimitIsReached_EndsThoseWhoWaitAndSendsNothing()
    {
        (JsonRpcClient client, Answers<RawJson>[] all) = YoungerInFlightOlderWaiting();

        Task drained = client.DrainAsync(TimeSpan.FromMilliseconds(200)).AsTask();
        _world.AdvanceTo(200);
        await drained;

        Assert.All(all, answers => Assert.Contains("drained", answers.Failure<RequestTimeoutException>().Message));
        Assert.Equal(["first", "younger"], _world["a"].Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task DrainAsync_OneInFlightAndSomeWaiting_ServesThemUntilTheLimit()
    {
        JsonRpcClient client = _world.Client("a", options => options with { MaxInFlightPerServer = 1 });
        _world["a"].OnCall = _ => { };
        Answers<RawJson>[] all = [.. Enumerable.Range(0, 3).Select(_ => _world.Subscribe(client.Request("m", policy: Wait)))];

        Task drained = client.DrainAsync(TimeSpan.FromMilliseconds(200)).AsTask();
        _world["a"].Calls[0].Result("1");
        Assert.Equal(2, _world["a"].Calls.Count);
        _world.AdvanceTo(200);
        await drained;

        Assert.Equal("1", all[0].Value.ToString());
        Assert.All(all[1..], answers => Assert.Contains("drained", answers.Failure<RequestTimeoutException>().Message));
        Assert.Equal(2, _world["a"].Calls.Count);
    }

    /// <summary>The younger one, which ends first, would make room for the older one.</summary>
    private (JsonRpcClient Client, Answers<RawJson>[] Open) YoungerInFlightOlderWaiting()
    {
        JsonRpcClient client = _world.Client("a", options => options with { MaxInFlightPerServer = 1 });
        _world["a"].OnCall = _ => { };
        Answers<RawJson> first = _world.Subscribe(client.Request("first"));
        Answers<RawJson> older = _world.Subscribe(client.Request("older", policy: Wait with { TotalTimeout = TimeSpan.FromSeconds(40) }));
        Answers<RawJson> younger = _world.Subscribe(client.Request("younger", policy: Wait));
        first.Subscription.Dispose();
        return (client, [older, younger]);
    }
}
