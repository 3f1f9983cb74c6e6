using Rx.JsonRpc.Listening;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Listening;

public class CallsInFlightTests
{
    [Fact]
    public void TryEnter_AsManyCallsAsMayBe_FitAndNoMoreUntilOneLeaves()
    {
        var calls = new CallsInFlight(mostCalls: 2, mostBytes: 100);
        for (int round = 0; round < 3; round++)
        {
            Assert.True(calls.TryEnter(0));
            Assert.True(calls.TryEnter(0));
            Assert.False(calls.TryEnter(0));
            for (int i = 0; i < 3; i++) calls.Leave(0);
        }
        Assert.True(calls.IsEmpty);
    }

    [Fact]
    public void TryEnter_AsManyBytesAsMayBe_FitAndNoMoreUntilTheyLeave()
    {
        var calls = new CallsInFlight(mostCalls: 100, mostBytes: 10);

        Assert.True(calls.TryEnter(4));
        Assert.True(calls.TryEnter(6));
        Assert.False(calls.TryEnter(1));
        calls.Leave(1);
        calls.Leave(4);
        Assert.True(calls.TryEnter(4));
        Assert.False(calls.TryEnter(1));
    }

    [Fact]
    public void IsEmpty_OneThatDidNotFit_CountsUntilItLeaves()
    {
        var calls = new CallsInFlight(mostCalls: 1, mostBytes: 10);
        calls.TryEnter(11);

        Assert.False(calls.IsEmpty);
        calls.Leave(11);
        Assert.True(calls.IsEmpty);
    }

    [Fact]
    public void Leave_AllWhileOneMoreEnters_NothingOfTheTotalsIsKept() => Race.Run(
        20_000,
        () =>
        {
            // Four calls are a connection's own.
            var totals = new ListenerTotals(new() { MaxConnections = 1, MaxTotalCalls = 8 }, new(System.IO.Pipelines.PipeScheduler.Inline));
            var calls = new CallsInFlight(mostCalls: 100, mostBytes: 100, new ConnectionShare(totals, null!));
            for (int i = 0; i < totals.OwnCalls; i++) Assert.True(calls.TryEnter(0));
            return (Totals: totals, Calls: calls);
        },
        round => Assert.True(round.Calls.TryEnter(0)),
        round =>
        {
            for (int i = 0; i < round.Totals.OwnCalls; i++) round.Calls.Leave(0);
        },
        round => Assert.Equal(0, round.Totals.Calls));

    [Fact]
    public void Leave_WhileOthersEnter_AllAreCounted() => Race.Run(
        2000,
        () => new CallsInFlight(mostCalls: 1000, mostBytes: 1000),
        calls =>
        {
            for (int i = 0; i < 20; i++) Assert.True(calls.TryEnter(1));
        },
        calls =>
        {
            // One that leaves has entered before, in use; here the other way round is one call fewer in flight.
            for (int i = 0; i < 20; i++) calls.Leave(1);
        },
        calls => Assert.True(calls.IsEmpty));

    [Fact]
    public void IsEmpty_NextEntersBeforeTheLastLeaves_IsNeverTrue()
    {
        var calls = new CallsInFlight(mostCalls: 1000, mostBytes: 1000);
        calls.TryEnter(0);
        bool over = false;
        var other = new Thread(() =>
        {
            for (int i = 0; i < 1_000_000; i++)
            {
                calls.TryEnter(0);
                calls.Leave(0);
            }
            Volatile.Write(ref over, true);
        });
        other.Start();
        bool everEmpty = false;
        while (!Volatile.Read(ref over)) everEmpty |= calls.IsEmpty;
        other.Join();

        Assert.False(everEmpty);
    }
}
