using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>Arming and disarming take no lock while a node has its place; the clock's thread takes places away and moves them meanwhile.</summary>
public class TimerQueueRaceTests
{
    private const int Workers = 2;
    private const int Rounds = 30_000;
    private const int Races = 20_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void Arm_WhileItsPlaceIsTakenAway_IsCalled() =>
        RaceWithTheClock(thenArmed: null, round => round.Arm(60), round => round.AssertCalledOnce());

    [Fact]
    public void Arm_WhileItsPlaceIsMovedToALaterTime_IsCalledAtItsEarlierOne() => RaceWithTheClock(
        thenArmed: 1_000_000,
        round =>
        {
            Assert.True(round.Node.TryDisarm());
            // Not before its place: so it looks whether the place is kept.
            round.Arm(60);
        },
        round => round.AssertCalledOnce());

    [Fact]
    public void Arm_ForLaterWhileItIsAboutToBeTakenAsDue_IsNotCalledEarly() => RaceWithTheClock(
        thenArmed: 50,
        round =>
        {
            if (round.Node.TryDisarm()) round.Arm(100, notBefore: 100);
        },
        round => Assert.False(round.Node.Early));

    // Two threads arm and disarm the same few nodes in one or two queues, one after the other, while a third one plays the clocks. None may
    // be called early, twice, after it was disarmed, or never.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ArmDisarmAndWake_OnThreeThreads_EachArmedOneIsCalledOrDisarmed(int queues)
    {
        PlayedClock[] clocks = [.. Enumerable.Range(0, queues).Select(_ => new PlayedClock())];
        TimerQueue[] timers = [.. clocks.Select(clock => new TimerQueue(clock))];
        var nodes = new ConcurrentQueue<Node>(Enumerable.Range(0, 5).Select(_ => new Node()));
        bool over = false;
        var player = new Thread(() =>
        {
            while (!Volatile.Read(ref over)) Array.ForEach(clocks, clock => clock.Play());
        });
        player.Start();

        string?[] faults = new string?[Workers];
        Thread[] workers = [.. Enumerable.Range(0, Workers).Select(worker => new Thread(() => faults[worker] = Work(worker, clocks, timers, nodes)))];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        Volatile.Write(ref over, true);
        player.Join();

        Assert.All(faults, fault => Assert.Null(fault));
    }

    private static void RaceWithTheClock(long? thenArmed, Action<Round> arm, Action<Round> check) => Race.Run(
        Races,
        () => new Round(thenArmed),
        round => round.Clock.GoTo(50),
        round =>
        {
            // The clock's thread has a longer way to the queue than the one that arms.
            Thread.SpinWait(Random.Shared.Next(60));
            arm(round);
        },
        check);

    private static string? Work(int seed, PlayedClock[] clocks, TimerQueue[] timers, ConcurrentQueue<Node> nodes)
    {
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            Node? node;
            while (!nodes.TryDequeue(out node)) Thread.SpinWait(1);
            int queue = random.Next(timers.Length);
            // Some far, so that a later arming finds a place that is to be moved to the front; most of them near what is looked at now.
            int due = random.Next(4) == 0 ? 5000 : random.Next(1, 200);
            int calls = node.Calls;
            node.Clock = clocks[queue];
            node.NotBefore = clocks[queue].Now.Ticks + due;
            timers[queue].Arm(node, TimeSpan.FromTicks(due));
            bool waits = due < 200 && random.Next(3) == 0;
            Thread.SpinWait(random.Next(30));
            if (waits || !node.TryDisarm())
            {
                if (!SpinWait.SpinUntil(() => node.Calls != calls, Limit)) return $"round {round}: never called, {due} ticks";
                calls++;
            }
            if (random.Next(16) == 0) node.GiveUpPlace();
            if (node.Calls != calls) return $"round {round}: called {node.Calls - calls} times too often";
            if (node.Early) return $"round {round}: called early, {due} ticks";
            nodes.Enqueue(node);
        }
        return null;
    }

    private sealed class Node : TimerNode
    {
        private volatile int _calls;

        public int Calls => _calls;

        public bool Early { get; private set; }

        public long NotBefore { get; set; }

        public PlayedClock? Clock { get; set; }

        internal override void OnDue()
        {
            if (Clock!.Now.Ticks < NotBefore) Early = true;
            _calls++;
        }
    }

    /// <summary>A node with a place at 50, disarmed, and perhaps armed again for later.</summary>
    private sealed class Round
    {
        private readonly TimerQueue _timers;

        public Round(long? thenArmed)
        {
            _timers = new TimerQueue(Clock);
            Arm(50);
            Assert.True(Node.TryDisarm());
            if (thenArmed is { } due) Arm(due);
        }

        public PlayedClock Clock { get; } = new(standsStill: true);

        public Node Node { get; } = new();

        public void Arm(long due, long notBefore = 0)
        {
            Node.Clock = Clock;
            Node.NotBefore = notBefore;
            _timers.Arm(Node, TimeSpan.FromTicks(due));
        }

        public void AssertCalledOnce()
        {
            // Long enough for what was armed after the clock had moved, and for a look that came too early.
            Clock.GoTo(110);
            Clock.GoTo(110 + TimeSpan.TicksPerMillisecond);
            Assert.Equal(1, Node.Calls);
        }
    }

    /// <summary>Moves on whenever it is looked at unless it stands still, and calls what is due on the thread that plays it.</summary>
    private sealed class PlayedClock : LocalScheduler, IStopwatch
    {
        private readonly ConcurrentQueue<(long At, Action Call)> _asked = new();
        private readonly bool _standsStill;
        private long _ticks;

        public PlayedClock(bool standsStill = false) => _standsStill = standsStill;

        public override DateTimeOffset Now => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

        public TimeSpan Elapsed => TimeSpan.FromTicks(_standsStill ? Volatile.Read(ref _ticks) : Interlocked.Increment(ref _ticks));

        public void GoTo(long ticks)
        {
            Volatile.Write(ref _ticks, ticks);
            Play();
        }

        public void Play()
        {
            long now = Elapsed.Ticks;
            for (int count = _asked.Count; count > 0 && _asked.TryDequeue(out (long At, Action Call) asked); count--)
            {
                if (asked.At <= now) asked.Call();
                else _asked.Enqueue(asked);
            }
        }

        public override IStopwatch StartStopwatch() => this;

        public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            bool disposed = false;
            _asked.Enqueue((Now.Ticks + dueTime.Ticks, () =>
            {
                if (!Volatile.Read(ref disposed)) action(this, state);
            }
            ));
            return Disposable.Create(() => Volatile.Write(ref disposed, true));
        }
    }
}
