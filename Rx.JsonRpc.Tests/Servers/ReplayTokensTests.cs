using CsCheck;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc.Tests.Servers;

public class ReplayTokensTests
{
    private static readonly Gen<RetryBudget> AnyBudget = Gen.Select(
        Gen.Double[0, 1], Gen.Double[0, 50], Gen.Double[1, 50],
        (ratio, perSecond, burst) => new RetryBudget { Ratio = ratio, PerSecond = perSecond, Burst = burst });

    [Theory]
    [InlineData(0, 0, 100)]
    [InlineData(10, 0, 2)]
    [InlineData(4, 0, 0)]
    [InlineData(5, 0, 1)]
    [InlineData(0, 99, 0)]
    [InlineData(0, 100, 1)]
    [InlineData(5, 1000, 11)]
    [InlineData(0, 3_600_000, 100)]
    [InlineData(1_000_000, 0, 100)]
    public void TryTake_Default_GivesWhatRequestsAndSecondsBrought(int requests, int milliseconds, int expected)
    {
        var tokens = new ReplayTokens(RetryBudget.Default);
        if (requests + milliseconds > 0) Assert.Equal(100, TakeAll(tokens, TimeSpan.Zero));
        for (int i = 0; i < requests; i++) tokens.CountRequest();

        Assert.Equal(expected, TakeAll(tokens, TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Fact]
    public void TryTake_Off_AlwaysGives()
    {
        var tokens = new ReplayTokens(RetryBudget.Off);

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.True(tokens.TryTake(TimeSpan.Zero)));
    }

    [Fact]
    public void TryTake_TimeGoesBack_IsNotPaidTwiceAndNotTakenBack()
    {
        var tokens = new ReplayTokens(new RetryBudget { PerSecond = 1, Burst = 2 });
        Assert.True(tokens.TryTake(TimeSpan.FromSeconds(10)));

        Assert.True(tokens.TryTake(TimeSpan.FromSeconds(5)));
        Assert.False(tokens.TryTake(TimeSpan.FromSeconds(5)));
        Assert.False(tokens.TryTake(TimeSpan.FromSeconds(10)));
        Assert.True(tokens.TryTake(TimeSpan.FromSeconds(11)));
    }

    [Fact]
    public void GiveBack_OneTaken_CanBeTakenAgainAndNoMore()
    {
        var tokens = new ReplayTokens(new RetryBudget { Burst = 1 });
        Assert.True(tokens.TryTake(TimeSpan.Zero));

        tokens.GiveBack();
        tokens.GiveBack();

        Assert.Equal(1, TakeAll(tokens, TimeSpan.Zero));
    }

    [Fact]
    public void GiveBack_BucketIsEmpty_IsOneToken()
    {
        var tokens = new ReplayTokens(new RetryBudget { Burst = 10 });
        Assert.Equal(10, TakeAll(tokens, TimeSpan.Zero));

        tokens.GiveBack();

        Assert.Equal(1, TakeAll(tokens, TimeSpan.Zero));
    }

    [Fact]
    public void TryTake_AnyInterval_StaysWithinTheBudget() =>
        Gen.Select(AnyBudget, Gen.Int[0, 2].Array[1, 200], Gen.Int[0, 300].Array[200]).Sample((budget, steps, waits) =>
        {
            var tokens = new ReplayTokens(budget);
            var history = new List<(double At, int Requests, int Replays)>();
            double now = 0;
            int requests = 0;
            int replays = 0;
            for (int i = 0; i < steps.Length; i++)
            {
                history.Add((now, requests, replays));
                if (steps[i] == 0) now += waits[i] / 1000.0;
                if (steps[i] == 1) { tokens.CountRequest(); requests++; }
                if (steps[i] == 2 && tokens.TryTake(TimeSpan.FromSeconds(now))) replays++;
                Assert.All(history, since => Assert.True(
                    replays - since.Replays
                    <= budget.Burst + budget.Ratio * (requests - since.Requests) + budget.PerSecond * (now - since.At) + 1e-3));
            }
        }, iter: 200);

    private static int TakeAll(ReplayTokens tokens, TimeSpan now)
    {
        int taken = 0;
        while (tokens.TryTake(now)) taken++;
        return taken;
    }
}
