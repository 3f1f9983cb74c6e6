namespace Rx.JsonRpc.Tests.Kamailio;

public class DrainTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly GatewayInVirtualTime _world = new();

    private FakeKamailio Kamailio => _world.Kamailio;

    [Fact]
    public async Task Drain_TellsKamailioAtOnceAndServesWhatStillComesUntilTheGraceHasPassed()
    {
        Serve();
        Task drained = Drain(OneSecond);
        Assert.Equal([0], Kamailio.Leavings);
        _world.Time.AdvanceTo(249);
        Kamailio.Request(1);
        Assert.Equal("1:10 OK result \"a\"", Kamailio.Answer.ToString());
        Assert.False(drained.IsCompleted);
        _world.Time.AdvanceTo(250);
        await Ended(drained);
        Kamailio.Request(2);
        Assert.Equal("2:10 ERR failure failure", Kamailio.Answers[1].ToString());
        Assert.Contains("draining", Kamailio.Answers[1].Error);
        Assert.Equal([0], Kamailio.Leavings);
        _world.AssertBalanced();
    }

    [Fact]
    public async Task Drain_AfterTheGrace_WaitsForWhatIsInFlightAndRefusesTheRest()
    {
        Serve();
        _world.Time["a"].OnCall = _ => { };
        Kamailio.Request(1);
        Task drained = Drain(OneSecond);
        _world.Time.AdvanceTo(250);
        Kamailio.Request(2);
        Assert.Equal("2:10 ERR failure failure", Kamailio.Answer.ToString());
        Assert.False(drained.IsCompleted);
        _world.Time["a"].Calls[0].Result("1");
        await Ended(drained);
        Assert.Equal("1:10 OK result 1", Kamailio.Answers[1].ToString());
        _world.AssertBalanced();
    }

    [Theory]
    [InlineData(300)]
    [InlineData(100)]
    public async Task Drain_AtItsLimit_ResumesTheRestAsCancelledAndRefusesWhatComes(int limit)
    {
        Serve();
        _world.Time["a"].OnCall = _ => { };
        Kamailio.Request(1);
        Kamailio.Request(2);
        Task drained = Drain(TimeSpan.FromMilliseconds(limit));
        _world.Time.AdvanceTo(limit - 1);
        Assert.Empty(Kamailio.Answers);
        _world.Time.AdvanceTo(limit);
        await Ended(drained);
        Assert.Equal(["1:10 ERR cancelled cancelled", "2:10 ERR cancelled cancelled"], Kamailio.Answers.Select(answer => answer.ToString()).Order());
        Kamailio.Request(3);
        Assert.Equal("3:10 ERR failure failure", Kamailio.Answers[2].ToString());
        _world.AssertBalanced();
    }

    [Fact]
    public async Task Drain_WithoutAGraceOrWithoutAKamailio_IsOverAtOnceWhenNothingIsInFlight()
    {
        _world.Serve(change: options => options with { LeavingGrace = TimeSpan.Zero });
        await Ended(Drain(OneSecond));
        Assert.Equal([0], Kamailio.Leavings);

        var alone = new GatewayInVirtualTime();
        alone.Kamailio.Kill();
        alone.Serve();
        await Ended(alone.Gateway.DrainAsync(OneSecond).AsTask());
    }

    [Fact]
    public async Task Drain_CancelledDuringTheGrace_TakesNothingNew()
    {
        Serve();
        using var enough = new CancellationTokenSource();
        Task drained = _world.Gateway.DrainAsync(OneSecond, enough.Token).AsTask();
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drained);
        Kamailio.Request();
        Assert.Equal("1:10 ERR failure failure", Kamailio.Answer.ToString());
    }

    [Fact]
    public void Kamailio_ConnectedDuringADrain_IsToldToo()
    {
        Serve();
        _world.Time["a"].OnCall = _ => { };
        Kamailio.Request();
        Task drained = Drain(OneSecond);
        Kamailio.Kill();
        Kamailio.Start();
        _world.Time.AdvanceTo(100);
        Assert.Equal([0, 100], Kamailio.Leavings);
        Assert.False(drained.IsCompleted);
    }

    private static Task Ended(Task task) => task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

    private void Serve() => _world.Serve();

    private Task Drain(TimeSpan limit) => _world.Gateway.DrainAsync(limit).AsTask();
}
