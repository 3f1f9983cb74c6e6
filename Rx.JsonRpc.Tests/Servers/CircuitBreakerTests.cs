using CsCheck;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

public class CircuitBreakerTests
{
    private static readonly BreakerOptions Defaults = new();

    [Theory]
    [InlineData("FFFFF", false)]
    [InlineData("FFFF", true)]
    [InlineData("FFFFAFFFF", true)]
    [InlineData("FFFFNF", false)]
    [InlineData("AAAAAAAAAA", true)]
    public void Judge_FailuresInARow_EjectAtFive(string verdicts, bool closed)
    {
        CircuitBreaker breaker = Alone(Defaults);

        foreach (char verdict in verdicts) Call(breaker, verdict, At(0));

        Assert.Equal(closed, breaker.IsClosed);
    }

    [Theory]
    [InlineData(9, 0, true)]
    [InlineData(10, 0, false)]
    [InlineData(10, 8_999, false)]
    [InlineData(10, 10_000, true)]
    public void Judge_FailureRate_EjectsFromHalfOfTwentyInTheWindow(int failures, int lastAt, bool closed)
    {
        CircuitBreaker breaker = PairOf(Defaults);
        for (int i = 0; i < 10; i++) Call(breaker, 'A', At(0));
        for (int i = 1; i < failures; i++) Call(breaker, 'F', At(0));
        Assert.True(breaker.IsClosed);

        Call(breaker, 'F', At(lastAt));

        Assert.Equal(closed, breaker.IsClosed);
    }

    [Fact]
    public void Judge_CallOfBeforeTheEjection_CountsNoMore()
    {
        CircuitBreaker breaker = Alone(Defaults);
        Assert.True(breaker.TryAdmit(At(0), true, out long early));
        TimeSpan back = Eject(breaker, At(0)) + TimeSpan.FromSeconds(5);
        Call(breaker, 'A', back);
        for (int i = 0; i < 4; i++) Call(breaker, 'F', back);

        Assert.False(breaker.Judge(early, Verdict.Alive, back));
        Assert.False(breaker.Judge(early, Verdict.Failed, back));
        Assert.True(breaker.IsClosed);
        Call(breaker, 'F', back);

        Assert.False(breaker.IsClosed);
    }

    [Fact]
    public void Judge_ProbesThatFail_DoubleTheEjectionToItsBound()
    {
        CircuitBreaker breaker = Alone(Defaults);
        TimeSpan now = Eject(breaker, At(0));
        foreach (int seconds in new[] { 5, 10, 20, 40, 80, 160, 300, 300 })
        {
            Assert.False(breaker.TryAdmit(now + TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1), true, out _));
            now += TimeSpan.FromSeconds(seconds);
            Call(breaker, 'F', now);
        }
        now += TimeSpan.FromSeconds(300);
        Call(breaker, 'A', now);
        Assert.True(breaker.IsClosed);

        Eject(breaker, now);

        Assert.False(breaker.TryAdmit(now + TimeSpan.FromSeconds(4.999), true, out _));
        Assert.True(breaker.TryAdmit(now + TimeSpan.FromSeconds(5), true, out _));
    }

    [Fact]
    public void TryAdmit_AnyJitter_EjectsForOneToOnePointTwoOfTheBound() => Gen.Double.Unit.Sample(random =>
    {
        CircuitBreaker breaker = Alone(new BreakerOptions(), () => random);
        Eject(breaker, At(0));

        Assert.False(breaker.TryAdmit(At(4_999), true, out _));
        Assert.True(breaker.TryAdmit(At(6_001), true, out _));
    });

    [Fact]
    public void TryAdmit_EjectionOver_GivesOneProbeUntilItIsJudged()
    {
        CircuitBreaker breaker = Alone(Defaults);
        Eject(breaker, At(0));

        Assert.False(breaker.TryAdmit(At(5_000), mayProbe: false, out _));
        Assert.True(breaker.TryAdmit(At(5_000), true, out long probe));
        Assert.False(breaker.TryAdmit(At(9_000), true, out _));
        Assert.False(breaker.Judge(probe, Verdict.Nothing, At(9_000)));
        Assert.True(breaker.TryAdmit(At(9_000), true, out long second));
        Assert.False(breaker.Judge(probe, Verdict.Alive, At(9_000)));
        Assert.True(breaker.Judge(second, Verdict.Alive, At(9_000)));
        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public void Judge_CallsFromBeforeTheEjection_DoNotMeddle()
    {
        CircuitBreaker breaker = Alone(Defaults);
        Assert.True(breaker.TryAdmit(At(0), true, out long old));
        Eject(breaker, At(0));

        Assert.False(breaker.Judge(old, Verdict.Alive, At(1)));
        Assert.False(breaker.IsClosed);
        Call(breaker, 'A', At(5_000));
        for (int i = 0; i < 10; i++) breaker.Judge(old, Verdict.Failed, At(5_001));
        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public void Judge_FailuresBelowTheRate_DoNotEjectHoweverManyTheyAre()
    {
        CircuitBreaker breaker = PairOf(Defaults);
        for (int i = 0; i < 30; i++) Call(breaker, 'A', At(0));
        for (int i = 0; i < 29; i++) Assert.False(Call(breaker, 'F', At(0)));
        Assert.True(breaker.IsClosed);

        Assert.True(Call(breaker, 'F', At(0)));

        Assert.False(breaker.IsClosed);
    }

    [Fact]
    public void Judge_CameBack_WhatFailedBeforeIsForgotten()
    {
        CircuitBreaker breaker = PairOf(Defaults);
        Eject(breaker, At(0), failures: 20);
        Assert.False(breaker.IsClosed);
        Assert.True(Call(breaker, 'A', At(5_000)));

        Assert.False(Call(breaker, 'F', At(5_000)));

        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public void TryAdmit_EjectedAndBackManyTimes_NoTicketComesTwice()
    {
        CircuitBreaker breaker = Alone(Defaults);
        var tickets = new HashSet<long>();
        for (int i = 0; i < 100; i++)
        {
            TimeSpan now = TimeSpan.FromMinutes(i);
            Assert.True(breaker.TryAdmit(now, true, out long ticket));
            Eject(breaker, now);
            Assert.True(breaker.TryAdmit(now + TimeSpan.FromSeconds(5), true, out long probe));
            Assert.True(breaker.Judge(probe, Verdict.Alive, now + TimeSpan.FromSeconds(5)));
            Assert.True(tickets.Add(ticket) && tickets.Add(probe));
        }
    }

    [Fact]
    public void Judge_Off_NeverEjects()
    {
        CircuitBreaker breaker = Alone(BreakerOptions.Off);

        Eject(breaker, At(0));

        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public void Judge_AnyScript_NeverTwoProbesAtOnce() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3_000]).Array[1, 300].Sample(script =>
        {
            CircuitBreaker breaker = Alone(Defaults);
            var open = new Queue<long>();
            TimeSpan now = At(0);
            foreach ((int step, int wait) in script)
            {
                now += TimeSpan.FromMilliseconds(wait);
                if (step < 2 && breaker.TryAdmit(now, true, out long ticket)) open.Enqueue(ticket);
                if (step >= 2 && open.TryDequeue(out long judged)) breaker.Judge(judged, step == 2 ? Verdict.Alive : step == 3 ? Verdict.Failed : Verdict.Nothing, now);
                Assert.InRange(open.Count(CircuitBreaker.IsProbe), 0, 1);
            }
        }, iter: 500);

    [Fact]
    public void TryAdmit_TwoThreadsWhenItIsOver_OneProbes() => Race.Run(
        2_000,
        () =>
        {
            CircuitBreaker breaker = Alone(Defaults);
            Eject(breaker, At(0));
            return new Round(breaker);
        },
        round => round.Enter(),
        round => round.Enter(),
        round => Assert.Equal(1, round.Admitted));

    [Fact]
    public void MayEjectOneMore_ByRate_AtMostHalfOfTheGroup()
    {
        var groups = new BreakerGroups(Defaults with { ConsecutiveFailures = int.MaxValue }, NoJitter);
        CircuitBreaker[] breakers = [.. Enumerable.Range(0, 5).Select(_ => groups.Make(1))];

        foreach (CircuitBreaker breaker in breakers) Eject(breaker, At(0), 40);

        Assert.Equal(2, breakers.Count(breaker => !breaker.IsClosed));
    }

    [Fact]
    public void Groups_BreakerLeavesOrChangesItsGroup_IsCountedWhereItIs()
    {
        BreakerOptions onlyRate = Defaults with { ConsecutiveFailures = int.MaxValue };
        var groups = new BreakerGroups(onlyRate, NoJitter);
        CircuitBreaker[] breakers = [.. Enumerable.Range(0, 5).Select(_ => groups.Make(1))];
        groups.Leave(breakers[4]);
        groups.Join(breakers[3], 2);

        // Three are left: one may be ejected. Alone in its group: never.
        foreach (CircuitBreaker breaker in breakers[..4]) Eject(breaker, At(0), 40);
        Assert.Equal([false, true, true, true], breakers[..4].Select(breaker => breaker.IsClosed));

        groups.Join(breakers[3], 1);
        Eject(breakers[3], At(0), 40);
        Assert.False(breakers[3].IsClosed);
    }

    private sealed class Round(CircuitBreaker breaker)
    {
        private int _admitted;

        public int Admitted => _admitted;

        public void Enter()
        {
            if (breaker.TryAdmit(At(5_000), true, out _)) Interlocked.Increment(ref _admitted);
        }
    }

    private static CircuitBreaker Alone(BreakerOptions options, Func<double>? random = null) => new BreakerGroups(options, random ?? NoJitter).Make(1);

    private static double NoJitter() => 0;

    private static CircuitBreaker PairOf(BreakerOptions options)
    {
        var groups = new BreakerGroups(options with { ConsecutiveFailures = int.MaxValue }, NoJitter);
        _ = groups.Make(1);
        return groups.Make(1);
    }

    private static TimeSpan Eject(CircuitBreaker breaker, TimeSpan now, int failures = 5)
    {
        for (int i = 0; i < failures; i++) Call(breaker, 'F', now);
        return now;
    }

    /// <summary>True when it ejected the server, or brought it back.</summary>
    private static bool Call(CircuitBreaker breaker, char verdict, TimeSpan now)
    {
        if (!breaker.TryAdmit(now, true, out long ticket)) return false;
        return breaker.Judge(ticket, verdict switch { 'A' => Verdict.Alive, 'F' => Verdict.Failed, _ => Verdict.Nothing }, now);
    }

    private static TimeSpan At(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
