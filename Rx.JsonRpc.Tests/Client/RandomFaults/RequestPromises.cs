namespace Rx.JsonRpc.Tests.Client.RandomFaults;

/// <summary>What holds for each request by itself.</summary>
internal static class RequestPromises
{
    /// <summary>Of more attempts the oldest are forgotten.</summary>
    public const int MostKept = 1000;

    public static void EndsOnceAndInTime(PlayedRequest request, int disposedAt)
    {
        long due = request.Plan.At + request.Plan.Due;
        long cancelled = request.Plan.At + request.Plan.CancelledAfter ?? long.MaxValue;
        long last = Math.Min(due, Math.Max(request.Plan.At, disposedAt));
        Assert.True(request.Ended || cancelled <= last, "no end");
        if (!request.Ended) return;
        Assert.InRange(request.EndedAt, request.Plan.At, Math.Min(last, cancelled));
        Assert.True(request.Answers.Error is null || request.Answers.Values.Count == 0);
        Assert.True(request.Answers.Error is not null || request.Answers.Values.Count == 1);
        if (request.Answers.Error is { Error: ObjectDisposedException }) Assert.True(request.EndedAt >= disposedAt, "disposed too early");
    }

    public static void AttemptsKeepTheirTime(PlayedRequest request)
    {
        foreach (Attempt attempt in request.Attempts)
        {
            Assert.True(attempt.Took <= request.Plan.Policy.TryTimeout, "longer than TryTimeout");
            Assert.True((attempt.StartedAfter + attempt.Took).TotalMilliseconds <= request.Plan.Due, "longer than the limit");
        }
    }

    public static void AttemptsOverlapOnlyWhenHedged(PlayedRequest request)
    {
        TimeSpan delay = request.Plan.Policy.Hedge?.Delay ?? TimeSpan.Zero;
        for (int i = 1; i < request.Attempts.Count; i++)
        {
            Attempt attempt = request.Attempts[i];
            Attempt[] others = [.. request.Attempts.Take(i).Where(other => other.StartedAfter + other.Took > attempt.StartedAfter)];
            Assert.True(attempt.StartedAfter >= request.Attempts[i - 1].StartedAfter, "attempts out of order");
            Assert.InRange(others.Length, 0, request.Hedged ? 1 : 0);
            Assert.All(others, first => Assert.True(attempt.StartedAfter >= first.StartedAfter + delay, "hedged too soon"));
            Assert.DoesNotContain(others, first => first.Server.Identity == attempt.Server.Identity);
        }
    }

    public static void IsNotReplayedAfterItMayHaveRun(PlayedRequest request)
    {
        if (request.Replay == Replay.Always) return;
        if (request.Replay == Replay.Never) Assert.InRange(request.Attempts.Count, 0, 1);
        foreach (Attempt attempt in request.Attempts.SkipLast(1))
        {
            bool retryable = attempt.End == AttemptEnd.Error && !request.Plan.Policy.RetryOn.IsEmpty;
            Assert.True(retryable || attempt.Written == Written.NotWritten, $"replayed after {attempt}");
        }
    }

    public static void KeepsTheOrderOfPriority(PlayedRequest request, Scenario scenario)
    {
        if (!scenario.OrderIsKnown || request.Attempts.Count == MostKept) return;
        int rounds = 0;
        int[] falling = [.. scenario.Priorities.OrderDescending()];
        foreach (Attempt[] round in request.Attempts.Chunk(falling.Length))
        {
            // A round that found nobody, and after which the request waited for a server.
            bool waited = request.Plan.Waits && round.All(attempt => attempt.End is AttemptEnd.Unavailable or AttemptEnd.ConnectionLost);
            if (!waited) rounds++;
            Assert.Equal(falling[..round.Length], round.Select(attempt => attempt.Server.Priority));
            Assert.Distinct(round.Select(attempt => attempt.Server));
        }
        if (request.Plan.Policy.Retries >= 0) Assert.InRange(rounds, 0, request.Plan.Policy.Retries + 1);
    }

    public static void AnswerIsOfTheServerThatGaveIt(PlayedRequest request)
    {
        if (request.Answers.Values is not [(_, { IsError: false } reply)]) return;
        Attempt answered = Assert.Single(reply.Attempts, attempt => attempt.End == AttemptEnd.Result);
        Assert.Equal($"memory:{reply.Result.ToString().Trim('"')}", answered.Server.ToString());
        if (!request.Hedged) Assert.Equal(answered, reply.Attempts[^1]);
    }

    /// <summary>A request that waits for a server until its time is up must not have overlooked one.</summary>
    public static void DoesNotWaitWhileAServerIsIdle(PlayedRequest request)
    {
        bool waited = request.Plan.Waits && request.Answers.Error is { Error: NoServerException }
            && request.EndedAt == request.Plan.At + request.Plan.Due
            && request.Attempts.Count > 0 && request.Attempts.All(attempt => attempt.End == AttemptEnd.Unavailable);
        if (!waited) return;
        DateTimeOffset now = DateTimeOffset.MinValue + TimeSpan.FromMilliseconds(request.EndedAt);
        Assert.DoesNotContain(request.ServersAtItsFailure, server => server is { State: ServerState.Connected, InFlight: 0 } && server.Since < now);
    }
}
