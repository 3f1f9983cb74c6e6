using System.Reactive.Concurrency;
using System.Reactive.Disposables;
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
        Node first = Arm("a", 50);
        Arm("b", 50);

        first.TryDisarm();
        first.TryDisarm();
        _clock.Start();

        Assert.Equal([("b", 50L)], _called);
    }

    [Fact]
    public void TryDisarm_InsideTheCallOfAnotherDueAtTheSameInstant_IsNotCalled()
    {
        Node? second = null;
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
    public void OnDue_Throws_TheOthersAreCalledAllTheSame()
    {
        var clock = new HandClock();
        var timers = new TimerQueue(clock);
        timers.Arm(new Node(this, "a", () => throw new IOException()), Ticks(50));
        timers.Arm(new Node(this, "b", null), Ticks(50));

        Assert.Throws<IOException>(() => clock.GoTo(50));
        clock.GoTo(50);

        Assert.Equal(["a", "b"], _called.Select(call => call.Name));
    }

    [Fact]
    public void Wake_SchedulerTakesNoMore_WhatIsDueIsCalledAllTheSame()
    {
        var clock = new HandClock();
        var timers = new TimerQueue(clock);
        timers.Arm(new Node(this, "a", null), Ticks(50));
        timers.Arm(new Node(this, "b", null), Ticks(60));
        clock.TakesNoMore = true;

        Assert.Throws<ObjectDisposedException>(() => clock.GoTo(50));

        Assert.Equal(["a"], _called.Select(call => call.Name));
    }

    [Fact]
    public void Arm_DueBeforeNow_IsCalledAtOnce()
    {
        Arm("a", -5);

        _clock.AdvanceTo(1);

        Assert.Equal(["a"], _called.Select(call => call.Name));
    }

    [Fact]
    public void OnDue_DoesNotReturn_TheNextIsCalledByAnotherCallOfTheScheduler()
    {
        // As on a clock with many threads: what the scheduler was asked for comes while the first observer is busy.
        var clock = new HandClock();
        var timers = new TimerQueue(clock);
        timers.Arm(new Node(this, "a", () =>
        {
            clock.GoTo(50);
            _called.Add(("a returned", 50));
        }), Ticks(50));
        timers.Arm(new Node(this, "b", null), Ticks(50));

        clock.GoTo(50);

        Assert.Equal(["a", "b", "a returned"], _called.Select(call => call.Name));
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
    public void Arm_AnEarlierOne_LeavesOneCallToTheScheduler()
    {
        var clock = new CountingScheduler();
        var timers = new TimerQueue(clock);

        for (int due = 50; due > 0; due--) timers.Arm(new Node(this, "", null), Ticks(due));

        Assert.Equal((50, 49), (clock.Armed, clock.Disposed));
    }

    [Fact]
    public void Arm_ManyThatAreDisarmed_AsksTheSchedulerOnce()
    {
        var clock = new CountingScheduler();
        var timers = new TimerQueue(clock);

        for (int i = 0; i < 1000; i++)
        {
            var node = new Node(this, $"{i}", null);
            timers.Arm(node, Ticks(50));
            node.TryDisarm();
        }

        Assert.Equal(1, clock.Armed);
    }

    [Fact]
    public void Wake_TooEarlyByLessThanAMillisecond_AsksForAWholeOne()
    {
        var clock = new CountingScheduler();
        var timers = new TimerQueue(clock);
        timers.Arm(new Node(this, "a", null), Ticks(50));

        clock.Fire();

        Assert.Empty(_called);
        Assert.Equal(2, clock.Armed);
        Assert.Equal(TimeSpan.FromMilliseconds(1), clock.LastDue);
    }

    [Fact]
    public void Arm_ForLongerThanATimerOfDotNetLasts_AsksForADayAtATime()
    {
        var clock = new CountingScheduler();
        new TimerQueue(clock).Arm(new Node(this, "a", null), TimeSpan.FromDays(100));
        Assert.Equal(TimeSpan.FromDays(1), clock.LastDue);

        _clock.AdvanceTo(TimeSpan.FromHours(20).Ticks);
        Arm("a", TimeSpan.FromHours(20).Ticks);
        Arm("b", TimeSpan.FromDays(100).Ticks);
        Arm("never", TimeSpan.MaxValue.Ticks);
        _clock.AdvanceTo(TimeSpan.FromDays(400).Ticks);

        Assert.Equal([("a", TimeSpan.FromHours(40).Ticks), ("b", TimeSpan.FromHours(2420).Ticks)], _called);
    }

    [Fact]
    public void Arm_SchedulerTakesNoMore_EachCallerHearsIt()
    {
        var clock = new EventLoopScheduler();
        clock.Dispose();
        var timers = new TimerQueue(clock);

        Assert.Throws<ObjectDisposedException>(() => timers.Arm(new Node(this, "a", null), Ticks(50)));
        Assert.Throws<ObjectDisposedException>(() => timers.Arm(new Node(this, "b", null), Ticks(60)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ArmAndDisarm_AtRandom_CallsWhatAListWouldCall(int seed)
    {
        var random = new Random(seed);
        var expected = new List<(string Name, long At)>();
        var armed = new List<(Node Node, string Name, long At)>();
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

    private Node Arm(string name, long due, Action? then = null)
    {
        var node = new Node(this, name, then);
        _timers.Arm(node, Ticks(due));
        return node;
    }

    private sealed class Node(TimerQueueTests tests, string name, Action? then) : TimerNode
    {
        internal override void OnDue()
        {
            tests._called.Add((name, tests._clock.Clock));
            then?.Invoke();
        }
    }

    /// <summary>Calls what is due when it is told, one after another and inside each other.</summary>
    private sealed class HandClock : IScheduler
    {
        private readonly List<(long At, Action Call)> _asked = [];

        public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;

        public bool TakesNoMore { get; set; }

        public void GoTo(long ticks)
        {
            Now = DateTimeOffset.UnixEpoch.AddTicks(ticks);
            while (_asked.FindIndex(asked => asked.At <= ticks) is >= 0 and var next)
            {
                Action call = _asked[next].Call;
                _asked.RemoveAt(next);
                call();
            }
        }

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            ObjectDisposedException.ThrowIf(TakesNoMore, this);
            (long At, Action Call) asked = ((Now - DateTimeOffset.UnixEpoch + dueTime).Ticks, () => action(this, state));
            _asked.Add(asked);
            return Disposable.Create(() => _asked.Remove(asked));
        }

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Schedule(state, TimeSpan.Zero, action);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            Schedule(state, dueTime - Now, action);
    }
}
