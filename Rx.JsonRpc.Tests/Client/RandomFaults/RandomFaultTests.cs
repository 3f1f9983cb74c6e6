using CsCheck;

namespace Rx.JsonRpc.Tests.Client.RandomFaults;

/// <summary>What holds for every request, whatever befalls the servers and whatever its policy.</summary>
public class RandomFaultTests
{
    [Fact]
    public void Call_AnyFaultsAnyPolicies_KeepsEveryPromise() => Scenarios.Any.Sample(
        scenario =>
        {
            var played = new Playback(scenario);
            foreach (PlayedRequest request in played.Requests)
            {
                EndsOnceAndInTime(request);
                AttemptsDoNotOverlapAndKeepTheirTime(request);
                IsNotReplayedAfterItMayHaveRun(request);
                KeepsTheOrderOfPriority(request, scenario.Priorities);
                AnswerIsOfTheLastServerAsked(request);
            }
            for (int i = 0; i < played.Requests.Count; i++) ServersGotNoMoreThanWasOwnedUpTo(played, i);
            ReplaysStayWithinTheBudget(played, scenario);
            Assert.All(played.Client.Groups.SelectMany(group => group.Servers), server => Assert.Equal(0, server.InFlight));
        },
        iter: 1000,
        print: scenario => scenario.ToString());

    private static void EndsOnceAndInTime(PlayedRequest request)
    {
        long due = request.Plan.At + (long)request.Plan.Policy.TotalTimeout.TotalMilliseconds;
        long cancelled = request.Plan.At + request.Plan.CancelledAfter ?? long.MaxValue;
        Assert.True(request.Ended || cancelled <= due, "no end");
        if (!request.Ended) return;
        Assert.InRange(request.EndedAt, request.Plan.At, Math.Min(due, cancelled));
        Assert.True(request.Answers.Error is null || request.Answers.Values.Count == 0);
        Assert.True(request.Answers.Error is not null || request.Answers.Values.Count == 1);
    }

    private static void AttemptsDoNotOverlapAndKeepTheirTime(PlayedRequest request)
    {
        RequestPolicy policy = request.Plan.Policy;
        TimeSpan free = TimeSpan.Zero;
        foreach (Attempt attempt in request.Attempts)
        {
            Assert.True(attempt.StartedAfter >= free, "attempts overlap");
            Assert.True(attempt.Took <= policy.TryTimeout, "longer than TryTimeout");
            free = attempt.StartedAfter + attempt.Took;
            Assert.True(free <= policy.TotalTimeout, "longer than TotalTimeout");
        }
    }

    private static void IsNotReplayedAfterItMayHaveRun(PlayedRequest request)
    {
        if (request.Replay == Replay.Always) return;
        if (request.Replay == Replay.Never) Assert.InRange(request.Attempts.Count, 0, 1);
        foreach (Attempt attempt in request.Attempts.SkipLast(1))
        {
            bool retryable = attempt.End == AttemptEnd.Error && !request.Plan.Policy.RetryOn.IsEmpty;
            Assert.True(retryable || attempt.Written == Written.NotWritten, $"replayed after {attempt}");
        }
    }

    private static void KeepsTheOrderOfPriority(PlayedRequest request, int[] priorities)
    {
        int rounds = 0;
        int[] falling = [.. priorities.OrderDescending()];
        foreach (Attempt[] round in request.Attempts.Chunk(priorities.Length))
        {
            rounds++;
            Assert.Equal(falling[..round.Length], round.Select(attempt => attempt.Server.Priority));
            Assert.Distinct(round.Select(attempt => attempt.Server));
        }
        if (request.Plan.Policy.Retries >= 0) Assert.InRange(rounds, 0, request.Plan.Policy.Retries + 1);
    }

    private static void AnswerIsOfTheLastServerAsked(PlayedRequest request)
    {
        if (request.Answers.Values is not [(_, { IsError: false } reply)]) return;
        Assert.Equal($"memory:{reply.Result.ToString().Trim('"')}", reply.Attempts[^1].Server.ToString());
        Assert.Equal(AttemptEnd.Result, reply.Attempts[^1].End);
    }

    /// <summary>An attempt that is said not to be written must not arrive anywhere, ever.</summary>
    private static void ServersGotNoMoreThanWasOwnedUpTo(Playback played, int number)
    {
        PlayedRequest request = played.Requests[number];
        if (!request.Ended) return;
        int written = request.Attempts.Count(attempt => attempt.Written == Written.MaybeExecuted);
        Assert.InRange(played.ReceivedOf(number), 0, written);
    }

    private static void ReplaysStayWithinTheBudget(Playback played, Scenario scenario)
    {
        if (!scenario.Budget.Enabled) return;
        TimeSpan[] replays = [.. played.Requests.SelectMany(request => SentReplays(request, scenario.Priorities.Length)).Order()];
        for (int i = 0; i < replays.Length; i++)
        {
            int requests = played.Requests.Count(request => TimeSpan.FromMilliseconds(request.Plan.At) <= replays[i]);
            double earned = scenario.Budget.Ratio * requests + scenario.Budget.PerSecond * replays[i].TotalSeconds;
            Assert.True(i + 1 <= scenario.Budget.Burst + earned + 1e-6, $"{i + 1} replays after {replays[i]}");
        }
    }

    private static IEnumerable<TimeSpan> SentReplays(PlayedRequest request, int servers)
    {
        bool mayHaveRun = false;
        for (int i = 0; i < request.Attempts.Count; i++)
        {
            Attempt attempt = request.Attempts[i];
            bool sent = attempt.Written == Written.MaybeExecuted;
            if (sent && (mayHaveRun || i >= servers)) yield return TimeSpan.FromMilliseconds(request.Plan.At) + attempt.StartedAfter;
            mayHaveRun |= sent;
        }
    }
}
