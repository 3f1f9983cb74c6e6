using System.Net;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc.Tests.Servers;

public class HedgePlanTests
{
    private static readonly TimeSpan After = TimeSpan.FromMilliseconds(10);

    private readonly LatencyHistogram _latencies = new();

    [Theory]
    [InlineData(0.1, 2)]
    [InlineData(8, 8)]
    [InlineData(500, 100)]
    public void After_ByQuantile_StaysBetweenFloorAndCeiling(double took, double expected)
    {
        Hedge hedge = Hedge.AtQuantile(0.95) with { MinimumSamples = 1, Floor = TimeSpan.FromMilliseconds(2), Ceiling = TimeSpan.FromMilliseconds(100) };
        var plan = new HedgePlan(hedge, _latencies);
        Assert.Equal(hedge.Ceiling, plan.After());

        _latencies.Add(TimeSpan.FromMilliseconds(took));

        Assert.InRange(plan.After().TotalMilliseconds, expected, expected * 1.125);
    }

    [Fact]
    public void After_ByDelay_IsTheDelay() => Assert.Equal(After, new HedgePlan(Hedge.After(After), null).After());

    [Theory]
    [InlineData(AttemptEnd.Result, Written.MaybeExecuted, 1, true)]
    [InlineData(AttemptEnd.Error, Written.MaybeExecuted, 1, true)]
    [InlineData(AttemptEnd.Cancelled, Written.MaybeExecuted, 10, true)]
    [InlineData(AttemptEnd.Cancelled, Written.MaybeExecuted, 9, false)]
    [InlineData(AttemptEnd.Cancelled, Written.NotWritten, 10, false)]
    [InlineData(AttemptEnd.TimedOut, Written.MaybeExecuted, 500, true)]
    [InlineData(AttemptEnd.TimedOut, Written.MaybeExecuted, 9, false)]
    [InlineData(AttemptEnd.ConnectionLost, Written.MaybeExecuted, 500, false)]
    [InlineData(AttemptEnd.Unavailable, Written.NotWritten, 500, false)]
    public void Note_Attempts_CountWhenTheySayHowLongAnAnswerTakes(AttemptEnd end, Written written, int took, bool counts)
    {
        var attempt = new Attempt
        {
            Server = new ServerAddress(new DnsEndPoint("a", 1)),
            End = end,
            Written = written,
            Took = TimeSpan.FromMilliseconds(took),
        };

        new HedgePlan(Hedge.AtQuantile(0.5), _latencies).Note(attempt, After);

        Assert.Equal(counts, _latencies.TryQuantile(0.5, 1, out _));
    }
}
