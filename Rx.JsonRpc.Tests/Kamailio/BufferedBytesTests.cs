using System.IO.Pipelines;
using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Kamailio;

/// <summary>What a gateway keeps of events and answers is bounded in total, over all sockets.</summary>
public class BufferedBytesTests
{
    private const int Limit = 10_000;

    private static readonly string Long = $"[\"{new string('x', 4000)}\"]";

    private readonly GatewayInVirtualTime _world = new();
    private readonly LatePipeScheduler _late = new();
    private readonly List<SuspendedTransaction> _transactions = [];

    private FakeKamailio Kamailio => _world.Kamailio;

    [Fact]
    public void Events_AboveTheTotal_AreResumedAtOnceAtTheErrorRouteAndCounted()
    {
        _world.Serve(change: Bounded);
        _world.Time["a"].OnCall = _ => { };
        for (uint i = 1; i <= 3; i++) Kamailio.Request(i, parameters: Long);

        Assert.Equal("3:10 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Contains("10000 (MaxBufferedBytes)", Kamailio.Answer.Error);
        Assert.Equal(EvapiProblem.Refused, Assert.Single(_world.Diagnostics).Problem);
        Assert.Equal(1, _world.Gateway.Counters.Of(EvapiProblem.Refused));
        Assert.InRange(_world.Gateway.BufferedBytes, 8000, Limit);

        _world.Time["a"].Calls[0].Result("1");
        Kamailio.Request(4, parameters: Long);
        Assert.Equal(3, _world.Time["a"].Calls.Count);
        _world.Time["a"].Calls[1].Result("1");
        _world.Time["a"].Calls[2].Result("1");
        _world.AssertBalanced();
    }

    [Fact]
    public void Parameters_AsText_CountTwice()
    {
        _world.Serve(change: Bounded);
        _world.Time["a"].OnCall = _ => { };
        Kamailio.Request(1, parameters: $"\"['{new string('x', 4000)}']\"");
        Assert.InRange(_world.Gateway.BufferedBytes, 8000, Limit);
        _world.Time["a"].Calls[0].Result("1");
        _world.AssertBalanced();
    }

    [Fact]
    public void Event_LongerThanTheTotal_IsTakenWhenNothingElseIsKept()
    {
        _world.Serve(change: options => options with { MaxBufferedBytes = 1 });
        _world.Time["a"].OnCall = _ => { };
        Kamailio.Request(1);
        Kamailio.Request(2);
        Assert.Equal("2:10 ERR failure failure", Kamailio.Answer.ToString());
        _world.Time["a"].Calls[0].Result("1");
        Assert.Equal("1:10 OK result 1", Kamailio.Answers[1].ToString());
        _world.AssertBalanced();
    }

    [Fact]
    public void Answers_ThatOneKamailioDoesNotRead_CountForTheOthersToo()
    {
        FakeKamailio other = new FakeKamailio(_world.Time.Network, new InMemoryEndPoint("other"), () => _world.Time.Now).Start();
        _world.Make(options => Bounded(options) with { Sockets = [Kamailio.EndPoint, other.EndPoint] }).Start().Transactions.Subscribe(_transactions.Add);
        for (uint i = 1; i <= 20; i++) Kamailio.Request(i);
        _world.Time.Network.At(Kamailio.EndPoint).BlackHole();
        string answer = $"\"{new string('x', 8000)}\"";
        foreach (SuspendedTransaction transaction in _transactions) transaction.Resume(new Outcome<RawJson> { Result = RawJson.Parse(answer) });

        other.Request(1);

        Assert.Equal("1:10 ERR failure failure", other.Answer.ToString());
        Assert.Contains("MaxBufferedBytes", other.Answer.Error);
    }

    [Fact]
    public void Transactions_SuspendedAnewBehindASlowObserver_CountUntilTheyLeaveTheQueue()
    {
        _world.Make(options => Bounded(options) with { Continuations = _late }).Start().Transactions.Subscribe(_transactions.Add);
        for (int i = 0; i < 3; i++) Kamailio.Request(1, parameters: Long);
        Assert.Equal(1, _world.Gateway.Counters.Of(EvapiProblem.Refused));
        Assert.InRange(_world.Gateway.BufferedBytes, 8000, Limit);

        _late.Run();

        Assert.Single(_transactions).Resume(Outcome<RawJson>.Cancelled());
        _world.AssertBalanced();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(100)]
    public async Task Transaction_CancelledBeforeItIsQueued_IsCountedOnce(int maxInFlight)
    {
        var clock = new HookedClock();
        var world = new GatewayInVirtualTime(clock);
        EvapiGateway gateway = world.Make(options => options with { MaxInFlight = maxInFlight, Continuations = _late }).Start();
        gateway.Transactions.Subscribe(_transactions.Add);
        // Of one transaction, so that the queue holds more than is in flight.
        for (int i = 0; i < 2; i++) world.Kamailio.Request(parameters: Long);
        Task? disposed = null;
        int looks = 0;
        // The second look follows the admission.
        clock.OnNow = () => disposed ??= ++looks == 2 ? gateway.DisposeAsync().AsTask() : null;

        world.Kamailio.Request(parameters: Long);

        Assert.NotNull(disposed);
        _late.Run();
        world.Time.AdvanceTo(2000);
        await disposed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Empty(_transactions);
        world.AssertBalanced();
    }

    [Fact]
    public void Notifications_BehindASlowObserver_AreDroppedAboveTheTotal()
    {
        var seen = new List<EvapiNotification>();
        _world.Make(options => Bounded(options) with { Continuations = _late }).Start().Notifications.Subscribe(seen.Add);
        for (int i = 0; i < 4; i++) Kamailio.Relay($$"""{"v":1,"event":"notify","method":"m","params":{{Long}},"more":{{Long}}}""");
        // Of a notification the parameters alone are kept.
        Assert.InRange(_world.Gateway.BufferedBytes, 2 * 4000, Limit);
        Assert.Equal(2, _world.Gateway.Counters.Of(EvapiProblem.Refused));

        _late.Run();

        Assert.Equal([Long, Long], seen.Select(notification => notification.Parameters.ToString()));
        Assert.Equal(0, _world.Gateway.BufferedBytes);
    }

    [Fact]
    public void Notifications_ThatAreServed_CountUntilTheyAreSent()
    {
        _world.Serve(change: Bounded);
        for (int i = 0; i < 4; i++) Kamailio.Relay($$"""{"v":1,"event":"notify","method":"m","params":{{Long}}}""");
        Assert.Equal(4, _world.Time["a"].Calls.Count);
        _world.AssertBalanced();
    }

    private static EvapiGatewayOptions Bounded(EvapiGatewayOptions options) => options with { MaxBufferedBytes = Limit };

    /// <summary>Lets a test act where the gateway looks at the clock.</summary>
    private sealed class HookedClock : TestScheduler, IScheduler
    {
        public Action OnNow { get; set; } = static () => { };

        DateTimeOffset IScheduler.Now
        {
            get
            {
                OnNow();
                return Now;
            }
        }
    }

    /// <summary>Runs nothing until it is told to.</summary>
    private sealed class LatePipeScheduler : PipeScheduler
    {
        private readonly Queue<(Action<object?> Action, object? State)> _waiting = new();

        public override void Schedule(Action<object?> action, object? state) => _waiting.Enqueue((action, state));

        public void Run()
        {
            while (_waiting.TryDequeue(out (Action<object?> Action, object? State) next)) next.Action(next.State);
        }
    }
}
