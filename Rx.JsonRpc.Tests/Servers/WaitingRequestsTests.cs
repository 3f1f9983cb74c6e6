using System.IO.Pipelines;
using System.Reactive.Concurrency;
using CsCheck;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Servers;

public class WaitingRequestsTests
{
    private static readonly AggregateException FoundNone = new(new ServerUnavailableException("away"));

    private readonly TestScheduler _clock = new();
    private readonly IStopwatch _watch;

    public WaitingRequestsTests() => _watch = _clock.StartStopwatch();

    [Fact]
    public void RoomForOne_AnyOrderOfComingAndLeaving_CallsTheEarliestDeadlineOfThoseLeft() =>
        Gen.Select(Gen.Int[1, 5].Array[1, 30], Gen.Int[0, 29].Array[0, 15]).Sample((seconds, leaving) =>
        {
            ServerServices services = Services(1000);
            var called = new List<int>();
            IDisposable?[] waits = [.. seconds.Select((deadline, index) => Enter(services, deadline, () => called.Add(index)))];
            foreach (int index in leaving.Where(index => index < waits.Length)) waits[index]!.Dispose();

            for (int i = 0; i < seconds.Length; i++) services.Waiting.RoomForOne();

            Assert.Equal(Enumerable.Range(0, seconds.Length).Except(leaving).OrderBy(index => seconds[index]), called);
            Assert.Equal(0, services.Waiting.Count);
        });

    [Fact]
    public void RoomForOne_RequestHasSpentTimeBefore_GoesByWhatIsLeftOfIt()
    {
        ServerServices services = Services(10);
        var called = new List<string>();
        RequestTrail old = Trail(Policy(5));
        _clock.AdvanceBy(TimeSpan.FromSeconds(3).Ticks);
        WaitingTurn.Of(Trail(Policy(4)), Policy(4), services)!(FoundNone, () => called.Add("due at 7 s"));
        WaitingTurn.Of(old, Policy(5), services)!(FoundNone, () => called.Add("due at 5 s"));

        services.Waiting.RoomForOne();
        services.Waiting.RoomForOne();

        Assert.Equal(["due at 5 s", "due at 7 s"], called);
    }

    [Fact]
    public void RoomForOne_WhileTheRoundIsMade_IsNotMissed()
    {
        ServerServices services = Services(10);
        int called = 0;
        Func<Exception, Action, IDisposable?> wait = WaitingTurn.Of(Trail(Policy(5)), Policy(5), services)!;

        services.Waiting.RoomForOne();
        wait(FoundNone, () => called++);

        Assert.Equal(1, called);
        wait(FoundNone, () => called++);
        Assert.Equal(1, called);
        services.Waiting.RoomForOne();
        Assert.Equal(2, called);
    }

    [Fact]
    public void ServersChanged_WhileTheRoundIsMade_IsNotMissed()
    {
        ServerServices services = Services(10);
        int called = 0;
        Func<Exception, Action, IDisposable?> wait = WaitingTurn.Of(Trail(Policy(5)), Policy(5), services)!;

        services.Waiting.ServersChanged([]);
        wait(FoundNone, () => called++);

        Assert.Equal(1, called);
    }

    [Fact]
    public void RoomForOne_InsideACall_CallsTheNextWhenThatHasReturned()
    {
        ServerServices services = Services(10);
        var told = new List<string>();
        for (int i = 1; i < 4; i++)
        {
            Enter(services, i, () =>
            {
                told.Add("called");
                services.Waiting.RoomForOne();
                told.Add("returned");
            });
        }

        services.Waiting.RoomForOne();

        Assert.Equal(["called", "returned", "called", "returned", "called", "returned"], told);
    }

    [Fact]
    public void Leave_CalledButNotYetRun_PassesTheCallOn()
    {
        var held = new Later();
        ServerServices services = Services(10, held);
        var called = new List<string>();
        IDisposable first = Enter(services, 1, () => called.Add("first"))!;
        Enter(services, 2, () => called.Add("second"));
        services.Waiting.RoomForOne();

        first.Dispose();
        held.Run();

        Assert.Equal(["second"], called);
    }

    [Fact]
    public void Leave_AfterItsRoundBegan_CallsNobody()
    {
        ServerServices services = Services(10);
        int second = 0;
        IDisposable first = Enter(services, 1, () => { })!;
        Enter(services, 2, () => second++);
        services.Waiting.RoomForOne();

        first.Dispose();

        Assert.Equal(0, second);
        services.Waiting.RoomForOne();
        Assert.Equal(1, second);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Close_CallsNobody(bool closed)
    {
        var held = new Later();
        ServerServices services = Services(10, held);
        int called = 0;
        for (int i = 1; i < 3; i++) Enter(services, i, () => called++);
        services.Waiting.RoomForOne();

        if (closed) services.Waiting.Close();
        services.Waiting.RoomForOne();
        held.Run();

        Assert.Equal(closed ? 0 : 2, called);
    }

    [Fact]
    public void TryEnter_RacesWithRoom_IsCalled() => Race.Run(
        5000,
        () =>
        {
            ServerServices services = Services(10);
            return (Services: services, Wait: WaitingTurn.Of(Trail(Policy(5)), Policy(5), services)!, Called: new int[1]);
        },
        round => round.Wait(FoundNone, () => Interlocked.Increment(ref round.Called[0])),
        round => round.Services.Waiting.RoomForOne(),
        round => Assert.Equal(1, round.Called[0]));

    private static RequestPolicy Policy(int seconds) =>
        new() { WhenDisconnected = WhenDisconnected.Wait, TotalTimeout = TimeSpan.FromSeconds(seconds) };

    private RequestTrail Trail(RequestPolicy policy) => new(new TermsAlone(_clock) { Own = policy, Watch = _watch });

    private IDisposable? Enter(ServerServices services, int seconds, Action again) =>
        WaitingTurn.Of(Trail(Policy(seconds)), Policy(seconds), services)!(FoundNone, again);

    private ServerServices Services(int most, PipeScheduler? continuations = null)
    {
        var options = new JsonRpcClientOptions { MaxWaitingRequests = most, Continuations = continuations ?? PipeScheduler.Inline };
        return new ServerServices(options, new SocketConnector(_clock), Rx.JsonRpc.Protocol.SystemTextJsonSerializer.Instance, _clock);
    }
}
