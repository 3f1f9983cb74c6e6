using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>A node that is disarmed keeps its place until the time that it was armed for, and may be armed again meanwhile.</summary>
public class TimerQueueAgainTests
{
    private readonly TestScheduler _clock = new();
    private readonly TimerQueue _timers;
    private readonly List<(string Name, long At)> _called = [];

    public TimerQueueAgainTests() => _timers = new TimerQueue(_clock);

    [Fact]
    public void Arm_AgainForLater_IsCalledThenAndNotAtItsOldTime()
    {
        NamedNode node = Disarmed("a", 50);
        _clock.AdvanceTo(10);
        Arm(node, 60);

        _clock.Start();

        Assert.Equal([("a", 70L)], _called);
        Assert.Equal(0, _timers.Places);
    }

    [Fact]
    public void Arm_AgainForEarlier_IsCalledThen()
    {
        NamedNode node = Disarmed("a", 50);
        Arm(node, 20);

        _clock.Start();

        Assert.Equal([("a", 20L)], _called);
    }

    [Fact]
    public void Arm_AgainForTheSameInstantAsAnother_IsCalledInTheOrderOfTheLastArming()
    {
        NamedNode node = Disarmed("a", 50);
        Arm(new NamedNode("b", Called), 50);
        Arm(node, 50);

        _clock.Start();

        Assert.Equal([("b", 50L), ("a", 50L)], _called);
    }

    [Fact]
    public void Arm_AgainAfterItWasCalled_IsCalledAgain()
    {
        var node = new NamedNode("a", Called);
        Arm(node, 50);
        _clock.AdvanceTo(60);
        Arm(node, 50);

        _clock.Start();

        Assert.Equal([("a", 50L), ("a", 110L)], _called);
    }

    [Fact]
    public void Arm_AgainAfterItLostItsPlace_IsCalled()
    {
        NamedNode node = Disarmed("a", 50);
        _clock.AdvanceTo(50);
        Assert.Equal(0, _timers.Places);
        Arm(node, 10);

        _clock.Start();

        Assert.Equal([("a", 60L)], _called);
    }

    [Fact]
    public void Arm_AgainManyTimes_AsksTheSchedulerOnceAndTakesOnePlace()
    {
        var clock = new CountingScheduler();
        var timers = new TimerQueue(clock);
        var node = new NamedNode("a", Called);

        for (int i = 0; i < 1000; i++)
        {
            timers.Arm(node, TimeSpan.FromTicks(50));
            Assert.True(node.TryDisarm());
        }

        Assert.Equal((1, 1), (clock.Armed, timers.Places));
    }

    [Fact]
    public void Arm_AgainAfterTheSchedulerTookNoMore_EachCallerHearsIt()
    {
        var clock = new EventLoopScheduler();
        clock.Dispose();
        var timers = new TimerQueue(clock);
        var node = new NamedNode("a", Called);

        Assert.Throws<ObjectDisposedException>(() => timers.Arm(node, TimeSpan.FromTicks(50)));
        node.TryDisarm();
        Assert.Throws<ObjectDisposedException>(() => timers.Arm(node, TimeSpan.FromTicks(60)));
    }

    [Fact]
    public void Arm_InAnotherQueue_LeavesTheFirst()
    {
        var other = new TimerQueue(_clock);
        NamedNode node = Disarmed("a", 50);
        other.Arm(node, TimeSpan.FromTicks(80));

        Assert.Equal((0, 1), (_timers.Places, other.Places));
        _clock.Start();

        Assert.Equal([("a", 80L)], _called);
    }

    [Fact]
    public void GiveUpPlace_Disarmed_LeavesAtOnce()
    {
        NamedNode node = Disarmed("a", 50);
        node.GiveUpPlace();
        Assert.Equal(0, _timers.Places);

        node.GiveUpPlace();
        Arm(node, 20);
        _clock.Start();

        Assert.Equal([("a", 20L)], _called);
    }

    [Fact]
    public void Rest_DisarmedAndArmedOnes_LeavesTheArmedOnly()
    {
        Disarmed("a", 50);
        Arm(new NamedNode("b", Called), 60);
        NamedNode again = Disarmed("c", 70);
        Arm(again, 80);
        Disarmed("d", 90);

        _timers.Rest();
        Assert.Equal(2, _timers.Places);
        _clock.Start();

        Assert.Equal([("b", 60L), ("c", 80L)], _called);
    }

    [Fact]
    public void Rest_ThenArmedAgain_IsCalled()
    {
        NamedNode node = Disarmed("a", 50);
        _timers.Rest();
        Arm(node, 60);

        _clock.Start();

        Assert.Equal([("a", 60L)], _called);
    }

    [Fact]
    public void TryDisarm_WhileAQueueTakesItsPlaceAway_TheNextArmingAsksForANewOneAllTheSame()
    {
        NamedNode node = Disarmed("a", 50);
        Assert.True(node.TryLeave());

        Assert.False(node.TryDisarm());
        Assert.False(node.TryArmInPlace(60, 1));
    }

    [Fact]
    public void TryTake_ArmedAgainForAnotherTimeMeanwhile_LeavesItArmed()
    {
        NamedNode node = Disarmed("a", 50);
        Arm(node, 80);

        Assert.False(node.TryTake(50));
        Assert.True(node.IsArmed(out long due));
        Assert.Equal(80, due);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ArmAgain_AtRandom_CallsWhatAListWouldCall(int seed)
    {
        var random = new Random(seed);
        NamedNode[] nodes = [.. Enumerable.Range(0, 30).Select(i => new NamedNode($"{i}", Called))];
        var expected = new List<(string Name, long At)>();
        var armed = new List<(NamedNode Node, long At)>();
        for (int i = 0; i < 5000; i++)
        {
            NamedNode node = nodes[random.Next(nodes.Length)];
            int index = armed.FindIndex(each => each.Node == node);
            if (random.Next(10) == 0)
            {
                _clock.AdvanceBy(random.Next(1, 60));
                expected.AddRange(armed.Where(each => each.At <= _clock.Clock).OrderBy(each => each.At).Select(each => (each.Node.Name, each.At)));
                armed.RemoveAll(each => each.At <= _clock.Clock);
            }
            else if (index >= 0)
            {
                Assert.True(node.TryDisarm());
                armed.RemoveAt(index);
                if (random.Next(8) == 0) node.GiveUpPlace();
            }
            else
            {
                int due = random.Next(1, 200);
                Arm(node, due);
                armed.Add((node, _clock.Clock + due));
            }
        }

        Assert.Equal(expected, _called);
    }

    private void Arm(NamedNode node, long due) => _timers.Arm(node, TimeSpan.FromTicks(due));

    private NamedNode Disarmed(string name, long due)
    {
        var node = new NamedNode(name, Called);
        Arm(node, due);
        Assert.True(node.TryDisarm());
        Assert.False(node.TryDisarm());
        return node;
    }

    private void Called(string name) => _called.Add((name, _clock.Clock));
}
