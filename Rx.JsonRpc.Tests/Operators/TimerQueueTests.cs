using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Operators;

public class TimerQueueTests
{
    private readonly TestScheduler _clock = new();
    private readonly TimerQueue _timers;
    private readonly List<(string Name, long At)> _called = [];

    public TimerQueueTests() => _timers = new TimerQueue(_clock);

    [Fact]
    public void Arm_Due_IsCalledOnceAtThatVeryInstant()
    {
        Arm("a", 50);

        _clock.AdvanceTo(49);
        Assert.Empty(_called);
        _clock.AdvanceTo(1000);

        Assert.Equal([("a", 50L)], _called);
        Assert.Equal(0, _timers.Places);
    }

    [Fact]
    public void Arm_EarlierOnesLater_AreCalledInTheOrderOfTheirTimes()
    {
        Arm("late", 50);
        _clock.AdvanceTo(10);
        Arm("middle", 30);
        Arm("early", 5);

        _clock.Start();

        Assert.Equal([("early", 15L), ("middle", 40L), ("late", 50L)], _called);
    }

    [Fact]
    public void Arm_DueAtTheSameInstant_AreCalledThenInTheOrderOfArming()
    {
        Arm("a", 50);
        _clock.AdvanceTo(20);
        Arm("b", 30);
        Arm("c", 30);

        _clock.AdvanceTo(50);

        Assert.Equal([("a", 50L), ("b", 50L), ("c", 50L)], _called);
    }

    [Fact]
    public void TryDisarm_BeforeDue_IsNotCalled()
    {
        NamedNode first = Arm("a", 50);
        Arm("b", 50);

        first.TryDisarm();
        first.TryDisarm();
        _clock.Start();

        Assert.Equal([("b", 50L)], _called);
    }

    [Fact]
    public void TryDisarm_InsideTheCallOfAnotherDueAtTheSameInstant_IsNotCalled()
    {
        NamedNode? second = null;
        Arm("a", 50, () => second!.TryDisarm());
        second = Arm("b", 50);

        _clock.Start();

        Assert.Equal([("a", 50L)], _called);
    }

    [Fact]
    public void Arm_InsideACall_IsCalledInItsTurn()
    {
        Arm("a", 50, () => Arm("b", 10));

        _clock.Start();

        Assert.Equal([("a", 50L), ("b", 60L)], _called);
    }

    [Fact]
    public void Arm_DueBeforeNow_IsCalledAtOnce()
    {
        Arm("a", -5);

        _clock.AdvanceTo(1);

        Assert.Equal(["a"], _called.Select(call => call.Name));
    }

    [Fact]
    public void Rest_NothingArmed_LeavesNothingToTheScheduler()
    {
        Arm("a", 50).TryDisarm();
        _timers.Rest();

        _clock.Start();
        Assert.Equal(0, _clock.Clock);
        Arm("b", 10);
        _timers.Rest();
        _clock.Start();

        Assert.Equal([("b", 10L)], _called);
    }

    [Fact]
    public void Arm_ForLongerThanATimerOfDotNetLasts_AsksForADayAtATime()
    {
        var clock = new CountingScheduler();
        new TimerQueue(clock).Arm(new NamedNode("a", Called), TimeSpan.FromDays(100));
        Assert.Equal(TimeSpan.FromDays(1), clock.LastDue);

        _clock.AdvanceTo(TimeSpan.FromHours(20).Ticks);
        Arm("a", TimeSpan.FromHours(20).Ticks);
        Arm("b", TimeSpan.FromDays(100).Ticks);
        Arm("never", TimeSpan.MaxValue.Ticks);
        _clock.AdvanceTo(TimeSpan.FromDays(400).Ticks);

        Assert.Equal([("a", TimeSpan.FromHours(40).Ticks), ("b", TimeSpan.FromHours(2420).Ticks)], _called);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ArmAndDisarm_AtRandom_CallsWhatAListWouldCall(int seed)
    {
        var random = new Random(seed);
        var expected = new List<(string Name, long At)>();
        var armed = new List<(NamedNode Node, string Name, long At)>();
        for (int i = 0; i < 3000; i++)
        {
            if (random.Next(3) == 0 && armed.Count > 0)
            {
                int taken = random.Next(armed.Count);
                armed[taken].Node.TryDisarm();
                armed.RemoveAt(taken);
            }
            else if (random.Next(20) == 0)
            {
                _clock.AdvanceBy(random.Next(1, 100));
                expected.AddRange(armed.Where(each => each.At <= _clock.Clock).OrderBy(each => each.At).Select(each => (each.Name, each.At)));
                armed.RemoveAll(each => each.At <= _clock.Clock);
            }
            else
            {
                int due = random.Next(1, 200);
                armed.Add((Arm($"{i}", due), $"{i}", _clock.Clock + due));
            }
        }

        Assert.Equal(expected, _called);
        _timers.Rest();
        Assert.Equal(armed.Count, _timers.Places);
    }

    [Fact]
    public void Within_OnAQueue_FailsAtThatVeryInstantAndNeverAfterItsEnd()
    {
        ITestableObservable<int> source = _clock.CreateColdObservable(VirtualTime.OnNext(10, 1), VirtualTime.OnCompleted<int>(70));

        ITestableObserver<int> late = _clock.Start(() => source.WithinOnce(Ticks(50), _timers).CheckGrammar());
        ITestableObserver<int> inTime = _clock.CreateObserver<int>();
        source.WithinOnce(Ticks(71), _timers).CheckGrammar().Subscribe(inTime);
        _clock.Start();

        Assert.Equal(250, late.Messages[^1].Time);
        Assert.IsType<TimeoutException>(late.Messages[^1].Value.Exception);
        Assert.Equal(System.Reactive.NotificationKind.OnCompleted, inTime.Messages[^1].Value.Kind);
        Assert.Equal(0, _timers.Places);
    }

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);

    private NamedNode Arm(string name, long due, Action? then = null)
    {
        var node = new NamedNode(name, Called, then);
        _timers.Arm(node, Ticks(due));
        return node;
    }

    private void Called(string name) => _called.Add((name, _clock.Clock));
}
