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
                RequestPromises.EndsOnceAndInTime(request, scenario.DisposedAt);
                RequestPromises.AttemptsKeepTheirTime(request);
                RequestPromises.AttemptsOverlapOnlyWhenHedged(request);
                RequestPromises.IsNotReplayedAfterItMayHaveRun(request);
                RequestPromises.KeepsTheOrderOfPriority(request, scenario);
                RequestPromises.AnswerIsOfTheServerThatGaveIt(request);
                RequestPromises.DoesNotWaitWhileAServerIsIdle(request);
            }
            for (int i = 0; i < played.Requests.Count; i++) ServersGotNoMoreThanWasOwnedUpTo(played, i);
            ReplaysStayWithinTheBudget(played, scenario);
            ABudgetIsSpentOnlyByReplays(played, scenario);
            EveryRequestIsRecordedOnce(played);
            EveryServerComesBack(played);
            NothingIsLeftAtTheEnd(played, scenario);
        },
        iter: 1000,
        print: scenario => scenario.ToString());

    /// <summary>An attempt that is said not to be written must not arrive anywhere, ever.</summary>
    private static void ServersGotNoMoreThanWasOwnedUpTo(Playback played, int number)
    {
        PlayedRequest request = played.Requests[number];
        if (!request.Ended || request.Answers.Error is { Error: ObjectDisposedException } || request.Attempts.Count == RequestPromises.MostKept) return;
        int written = request.Attempts.Count(attempt => attempt.Written == Written.MaybeExecuted);
        Assert.InRange(played.ReceivedOf(number), 0, written);
    }

    private static void ReplaysStayWithinTheBudget(Playback played, Scenario scenario)
    {
        RetryBudget budget = scenario.Settings.Budget;
        if (!budget.Enabled) return;
        TimeSpan[] replays = [.. played.Requests.SelectMany(request => SentReplays(request, scenario)).Order()];
        for (int i = 0; i < replays.Length; i++)
        {
            int requests = played.Requests.Count(request => TimeSpan.FromMilliseconds(request.Plan.At) <= replays[i]);
            double earned = budget.Ratio * requests + budget.PerSecond * replays[i].TotalSeconds;
            Assert.True(i + 1 <= budget.Burst + earned + 1e-6, $"{i + 1} replays after {replays[i]}");
        }
    }

    private static IEnumerable<TimeSpan> SentReplays(PlayedRequest request, Scenario scenario)
    {
        bool mayHaveRun = false;
        for (int i = 0; i < request.Attempts.Count; i++)
        {
            Attempt attempt = request.Attempts[i];
            bool sent = attempt.Written == Written.MaybeExecuted;
            // A round that follows a wait for a server is no replay as long as nothing was sent.
            bool laterRound = scenario.OrderIsKnown && !request.Plan.Waits && i >= scenario.Priorities.Length;
            if (sent && (mayHaveRun || laterRound)) yield return TimeSpan.FromMilliseconds(request.Plan.At) + attempt.StartedAfter;
            mayHaveRun |= sent;
        }
    }

    /// <summary>Where nothing is earned, tokens are gone only if as many attempts were sent, or are on their way, that may have cost one.</summary>
    private static void ABudgetIsSpentOnlyByReplays(Playback played, Scenario scenario)
    {
        if (scenario.Settings.Budget is not { Enabled: true, Ratio: 0, PerSecond: 0 } budget) return;
        if (played.Records.Any(record => record.Attempts.Count == RequestPromises.MostKept)) return;
        foreach (PlayedRequest request in played.Requests)
        {
            if (request.Answers.Error is not var (at, failure) || !failure.Message.Contains("budget is spent", StringComparison.Ordinal)) continue;
            int paid = played.Records.Sum(record => record.Attempts.Skip(1).Count(attempt => MayHaveATokenAt(at, record, attempt)));
            Assert.True(paid >= budget.Burst, $"{paid} replays have spent {budget.Burst} tokens at {at}");
        }
    }

    private static bool MayHaveATokenAt(long now, RequestRecord record, Attempt attempt)
    {
        double began = (record.StartedAt.Ticks + attempt.StartedAfter.Ticks) / (double)TimeSpan.TicksPerMillisecond;
        return began <= now && (attempt.Written == Written.MaybeExecuted || began + attempt.Took.TotalMilliseconds >= now);
    }

    private static void EveryRequestIsRecordedOnce(Playback played)
    {
        for (int i = 0; i < played.Requests.Count; i++)
        {
            bool entered = played.Requests[i].Answers.Error is not { Error: ServerUnavailableException or ObjectDisposedException };
            if (entered) Assert.Single(played.Records, record => record.Method == Playback.MethodOf(i));
        }
    }

    /// <summary>No fault of before holds a probe, a place or a token back for ever.</summary>
    private static void EveryServerComesBack(Playback played) =>
        Assert.All(played.Recoveries, server => Assert.Equal((server.Server, ServerState.Connected), (server.AnsweredBy, server.State)));

    private static void NothingIsLeftAtTheEnd(Playback played, Scenario scenario)
    {
        Assert.True(played.Disposed!.IsCompletedSuccessfully, "the client is not disposed");
        if (scenario.DisposedAt == Scenarios.End) Assert.Equal(0, played.InFlightAtTheEnd);
        Assert.All(played.Client.Snapshot().Servers, server => Assert.Equal((0, ServerState.Retired), (server.InFlight, server.State)));
        // What a slow network and slow servers still carry ends soon; a timer of the client would be found by where the clock stops.
        Assert.InRange(played.StoppedAt, 0, 3 * Scenarios.End);
    }
}
