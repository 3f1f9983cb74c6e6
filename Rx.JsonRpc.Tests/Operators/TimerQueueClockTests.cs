using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>What a timer queue asks of its clock, and what it makes of one that calls early, calls inside a call, or takes no more.</summary>
public class TimerQueueClockTests
{
    private readonly List<string> _called = [];

    [Fact]
    public void OnDue_Throws_TheOthersAreCalledAllTheSame()
    {
        var clock = new HandClock();
        var timers = new TimerQueue(clock);
        timers.Arm(new NamedNode("a", _called.Add, () => throw new IOException()), Ticks(50));
        timers.Arm(new NamedNode("b", _called.Add), Ticks(50));

        Assert.Throws<IOException>(() => clock.GoTo(50));
        clock.GoTo(50);

        Assert.Equal(["a", "b"], _called);
    }

    [Fact]
    public void Wake_SchedulerTakesNoMore_WhatIsDueIsCalledAllTheSame()
    {
        var clock = new HandClock();
        var timers = new TimerQueue(clock);
        timers.Arm(new NamedNode("a", _called.Add), Ticks(50));
        timers.Arm(new NamedNode("b", _called.Add), Ticks(60));
        clock.TakesNoMore = true;

        Assert.Throws<ObjectDisposedException>(() => clock.GoTo(50));

        Assert.Equal(["a"], _called);
    }

    [Fact]
    public void OnDue_DoesNotReturn_TheNextIsCalledByAnotherCallOfTheScheduler()
    {
        // As on a clock with many threads: what the scheduler was asked for comes while the first observer is busy.
        var clock = new HandClock();
        var timers = new TimerQueue(clock);
        timers.Arm(new NamedNode("a", _called.Add, () =>
        {
            clock.GoTo(50);
            _called.Add("a returned");
        }), Ticks(50));
        timers.Arm(new NamedNode("b", _called.Add), Ticks(50));

        clock.GoTo(50);

        Assert.Equal(["a", "b", "a returned"], _called);
    }

    [Fact]
    public void Arm_AnEarlierOne_LeavesOneCallToTheScheduler()
    {
        var clock = new CountingScheduler();
        var timers = new TimerQueue(clock);

        for (int due = 50; due > 0; due--) timers.Arm(new NamedNode("", _called.Add), Ticks(due));

        Assert.Equal((50, 49), (clock.Armed, clock.Disposed));
    }

    [Fact]
    public void Arm_ManyThatAreDisarmed_AsksTheSchedulerOnce()
    {
        var clock = new CountingScheduler();
        var timers = new TimerQueue(clock);

        for (int i = 0; i < 1000; i++)
        {
            var node = new NamedNode($"{i}", _called.Add);
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
        timers.Arm(new NamedNode("a", _called.Add), Ticks(50));

        clock.Fire();

        Assert.Empty(_called);
        Assert.Equal(2, clock.Armed);
        Assert.Equal(TimeSpan.FromMilliseconds(1), clock.LastDue);
    }

    [Fact]
    public void Arm_SchedulerTakesNoMore_EachCallerHearsIt()
    {
        var clock = new EventLoopScheduler();
        clock.Dispose();
        var timers = new TimerQueue(clock);

        Assert.Throws<ObjectDisposedException>(() => timers.Arm(new NamedNode("a", _called.Add), Ticks(50)));
        Assert.Throws<ObjectDisposedException>(() => timers.Arm(new NamedNode("b", _called.Add), Ticks(60)));
    }

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);

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
