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
        trail.TryBegin(Place, out _);
        trail.End(AttemptEnd.TimedOut);
        trail.TryBegin(Place, out _);
        trail.Seal();

        trail.End(AttemptEnd.Result);
        trail.TryBegin(Place, out _);
        trail.End(AttemptEnd.ConnectionLost);

        Assert.Equal([AttemptEnd.TimedOut], trail.Attempts.Select(attempt => attempt.End));
    }

    [Fact]
    public void End_RacesWithTheEndOfTheRequest_IsNotedOnceAndNotAfterIt() => Race.Run(
        20_000,
        () =>
        {
            RequestTrail trail = New();
            trail.TryBegin(Place, out _);
            return (Trail: trail, Told: new List<AttemptEnd>());
        },
        round =>
        {
            round.Trail.End(AttemptEnd.ConnectionLost);
            round.Trail.TryBegin(Place, out _);
            round.Trail.End(AttemptEnd.Result);
        },
        round =>
        {
            round.Trail.End(AttemptEnd.TimedOut);
            round.Trail.Seal();
            round.Told.AddRange(round.Trail.Attempts.Select(attempt => attempt.End));
        },
        round =>
        {
            Assert.InRange(round.Told.Count, 1, 2);
            Assert.Equal(round.Told, round.Trail.Attempts.Select(attempt => attempt.End));
        });

    [Fact]
    public void Tell_ResultThatCameAsTheTotalTimeoutRanOut_IsATimeout()
    {
        RequestTrail trail = New();
        Assert.True(trail.TryBegin(Place, out AttemptRecord? record));
        record.Written = Written.MaybeExecuted;
        trail.End(AttemptEnd.Result);
        trail.Seal();
        Assert.IsType<RequestTimeoutException>(FailureStory.Tell(new TimeoutException(), trail));
    }

    [Fact]
    public void TryBegin_AfterTheSeal_IsAnAttemptThatHasEnded()
    {
        RequestTrail trail = New();
        trail.Seal();
        Assert.True(trail.TryBegin(Place, out AttemptRecord? record));
        Assert.True(record.Ended);
    }

    private static RequestTrail New()
    {
        var clock = new TestScheduler();
        return new("m", clock.StartStopwatch(), new ReplayTokens(RetryBudget.Off), _ => true, TimeLimit.Of(RequestPolicy.Default, clock));
    }
}
