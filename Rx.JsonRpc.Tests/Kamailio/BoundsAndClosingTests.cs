using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Kamailio;

public class BoundsAndClosingTests
{
    private readonly GatewayInVirtualTime _world = new();

    private FakeKamailio Kamailio => _world.Kamailio;

    [Fact]
    public void InFlight_AboveTheBound_IsResumedAtOnceAtTheErrorRoute()
    {
        _world.Serve(change: options => options with { MaxInFlight = 2 });
        _world.Time["a"].OnCall = _ => { };
        for (uint i = 1; i <= 3; i++) Kamailio.Request(i);
        Assert.Equal("3:10 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Contains("2 requests are in flight, as many as MaxInFlight allows", Kamailio.Answer.Error);
        _world.Time["a"].Calls[0].Result("1");
        Kamailio.Request(4);
        Assert.Equal(3, _world.Time["a"].Calls.Count);
        Assert.Equal(1, _world.Gateway.Counters.Of(EvapiProblem.Refused));
    }

    [Fact]
    public void Transactions_WithoutAnObserver_AreResumedAtTheErrorRoute()
    {
        _world.Make().Start();
        Kamailio.Request();
        Assert.Equal("1:10 ERR failure failure", Kamailio.Answer.ToString());
        _world.AssertBalanced();
    }

    [Fact]
    public async Task Dispose_ResumesAsCancelledAndClosesTheConnection()
    {
        _world.Serve();
        _world.Time["a"].OnCall = _ => { };
        Answers<EvapiChange> changes = _world.Time.Subscribe(_world.Gateway.Changes);
        Kamailio.Request();
        Task disposed = _world.Gateway.DisposeAsync().AsTask();
        _world.Time.AdvanceTo(2000);
        await Ended(disposed);
        Assert.Equal("1:10 ERR cancelled cancelled", Kamailio.Answer.ToString());
        Assert.True(Kamailio.GatewayEnded);
        Assert.Equal(EvapiState.Closed, _world.Gateway.Sockets[0].State);
        Assert.NotNull(changes.CompletedAt);
        Assert.Single(Kamailio.Accepted);
        Assert.Throws<ObjectDisposedException>(() => _world.Gateway.Start());
        _world.AssertBalanced();
    }

    [Fact]
    public async Task Dispose_BeforeTheStartAndTwice_IsFine()
    {
        _world.Make();
        await Ended(_world.Gateway.DisposeAsync().AsTask());
        await Ended(_world.Gateway.DisposeAsync().AsTask());
    }

    [Fact]
    public void Serve_WithoutPools_IsRefused() => Assert.Throws<InvalidOperationException>(() => _world.Make().Serve());

    [Fact]
    public void Options_Faulty_AreAllNamed()
    {
        var fault = Assert.Throws<ArgumentException>(() => _world.Make(options => options with
        {
            Sockets = [Kamailio.EndPoint, Kamailio.EndPoint],
            Pools = new Dictionary<string, JsonRpcClient> { [""] = null! },
            MaxInFlight = 0,
            MaxAnswerBytes = 100,
            Reconnect = Backoff.None,
            LeavingGrace = TimeSpan.FromSeconds(-1),
        }));
        foreach (string name in (string[])["Sockets[1]", "Pools", "MaxInFlight is 0", "MaxAnswerBytes is 100", "Reconnect.First", "LeavingGrace is -00:00:01"]) Assert.Contains(name, fault.Message);
    }

    private static Task Ended(Task task) => task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
}
