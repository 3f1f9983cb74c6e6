using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

public class RequestTrailTests
{
    private static readonly Server Place = new OneServer().Server;

    [Fact]
    public void Seal_WhatComesAfterwards_ChangesNothing()
    {
        RequestTrail trail = New();
        trail.TryEnd(Begin(trail), AttemptEnd.TimedOut);
        AttemptRecord open = Begin(trail);
        trail.Seal();

        trail.TryEnd(open, AttemptEnd.Result);
        trail.TryEnd(Begin(trail), AttemptEnd.ConnectionLost);

        Assert.Equal([AttemptEnd.TimedOut], trail.Attempts.Select(attempt => attempt.End));
    }

    [Fact]
    public void End_BytesLeaveAfterwards_AreHeldBackSoThatItStaysTrue()
    {
        RequestTrail trail = New();
        AttemptRecord open = Begin(trail);
        trail.TryEnd(open, AttemptEnd.TimedOut);
        AttemptRecord sealedOver = Begin(trail);
        trail.Seal();
        AttemptRecord late = Begin(trail);

        Assert.Equal([false, false, false], new[] { open, sealedOver, late }.Select(record => record.TryHandOver()));
        Assert.Equal(Written.NotWritten, Assert.Single(trail.Attempts).Written);
    }

    [Fact]
    public void End_RacesWithTheHandOver_TellsWhetherTheBytesLeft() => Race.Run(
        20_000,
        () =>
        {
            RequestTrail trail = New();
            return (Trail: trail, Record: Begin(trail), Left: new List<bool>());
        },
        round => round.Left.Add(round.Record.TryHandOver()),
        round => round.Trail.TryEnd(round.Record, AttemptEnd.Cancelled),
        round => Assert.Equal(round.Left[0], round.Trail.Attempts[0].Written == Written.MaybeExecuted));

    [Fact]
    public void Seal_HedgeIsPaidForAndDoesNotBegin_GivesItsTokenBackOnce()
    {
        var tokens = new ReplayTokens(new RetryBudget { Ratio = 0, PerSecond = 0, Burst = 2 });
        var trail = new RequestTrail(new TermsAlone { Tokens = tokens, Hedge = new HedgePlan(Hedge.After(TimeSpan.FromTicks(1)), null) });

        Assert.True(trail.MayHedge!());
        trail.Seal();
        trail.Seal();

        Assert.False(trail.MayHedge());
        Assert.Equal([true, true, false], new[] { tokens.TryTake(default), tokens.TryTake(default), tokens.TryTake(default) });
    }

    [Fact]
    public void Seal_Again_GivesNoOtherToken()
    {
        var tokens = new ReplayTokens(new RetryBudget { Ratio = 0, PerSecond = 0, Burst = 2 });
        var trail = new RequestTrail(new TermsAlone { Tokens = tokens, Hedge = new HedgePlan(Hedge.After(TimeSpan.FromTicks(1)), null) });
        Assert.True(tokens.TryTake(default) && trail.MayHedge!());

        trail.Seal();
        trail.Seal();

        Assert.Equal([true, false], new[] { tokens.TryTake(default), tokens.TryTake(default) });
    }

    [Fact]
    public void End_RacesWithTheEndOfTheRequest_IsNotedOnceAndNotAfterIt() => Race.Run(
        20_000,
        () =>
        {
            RequestTrail trail = New();
            return (Trail: trail, First: Begin(trail), Told: new List<AttemptEnd>());
        },
        round =>
        {
            round.Trail.TryEnd(round.First, AttemptEnd.ConnectionLost);
            round.Trail.TryEnd(Begin(round.Trail), AttemptEnd.Result);
        },
        round =>
        {
            round.Trail.EndAll(AttemptEnd.TimedOut);
            round.Trail.Seal();
            round.Told.AddRange(round.Trail.Attempts.Select(attempt => attempt.End));
        },
        round =>
        {
            Assert.InRange(round.Told.Count, 1, 2);
            Assert.Equal(round.Told, round.Trail.Attempts.Select(attempt => attempt.End));
        });

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 2, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 1, 0)]
    public void End_AttemptsThatOverlap_EndInAnyOrderAndAreToldAsTheyBegan(params int[] order)
    {
        var clock = new TestScheduler();
        RequestTrail trail = New(clock);
        var open = new List<AttemptRecord>();
        for (int i = 0; i < 3; i++)
        {
            open.Add(Begin(trail));
            clock.AdvanceBy(1);
        }

        foreach (int index in order) trail.TryEnd(open[index], AttemptEnd.TimedOut, $"{index}");
        foreach (int index in order) trail.TryEnd(open[index], AttemptEnd.Result, "again");
        trail.EndAll(AttemptEnd.Cancelled);

        Assert.Equal(["0", "1", "2"], trail.Attempts.Select(attempt => attempt.Reason));
        Assert.Equal([0, 1, 2], trail.Attempts.Select(attempt => attempt.StartedAfter.Ticks));
    }

    [Fact]
    public void Tell_ResultThatCameAsTheTotalTimeoutRanOut_IsATimeout()
    {
        RequestTrail trail = New();
        AttemptRecord record = Begin(trail);
        record.TryHandOver();
        trail.TryEnd(record, AttemptEnd.Result);
        trail.Seal();
        Assert.IsType<RequestTimeoutException>(FailureStory.Tell(new TimeoutException(), trail));
    }

    [Fact]
    public void TryBegin_AfterTheSeal_IsAnAttemptThatHasEnded()
    {
        RequestTrail trail = New();
        trail.Seal();
        Assert.True(Begin(trail).Ended);
    }

    [Fact]
    public void Attempt_AfterTheSeal_SendsNothing()
    {
        RequestTrail trail = New();
        trail.Seal();
        var send = new RawObservable<Reply<int>>(_ => { });

        new AttemptThat(send, trail).Subscribe(new Answers<Reply<int>>(() => 0));

        Assert.Equal(0, send.Subscriptions);
    }

    private static AttemptRecord Begin(RequestTrail trail)
    {
        var record = new AttemptRecord(Place);
        Assert.True(trail.TryBegin(record, trail.Elapsed));
        return record;
    }

    private static RequestTrail New(TestScheduler? clock = null) => new(new TermsAlone(clock));

    private sealed class AttemptThat(IObservable<Reply<int>> sends, RequestTrail trail) : RecordedAttempt<int>(Place, trail)
    {
        protected override IObservable<Reply<int>> Try() => sends;
    }
}
