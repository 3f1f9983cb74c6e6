using System.Reactive.Concurrency;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc.Tests.Servers;

public class TimeLimitTests
{
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, 5000, "total timeout of 5000 ms")]
    [InlineData(6000, 5000, "total timeout of 5000 ms")]
    [InlineData(5000, 5000, "total timeout of 5000 ms")]
    [InlineData(4999, 4999, "deadline of 4999 ms")]
    [InlineData(0, 0, "deadline of 0 ms")]
    // -1 ms is .NET's word for "no bound": what is left must never say so.
    [InlineData(-1, 0, "deadline of 0 ms")]
    public void Of_TimeLeft_IsTheSmallerLimit(int? left, int due, string text)
    {
        var clock = new HistoricalScheduler(Start);
        var policy = new RequestPolicy { Deadline = left is null ? null : Start.AddMilliseconds(left.Value) };

        TimeLimit limit = TimeLimit.Of(policy, clock);

        Assert.Equal((TimeSpan.FromMilliseconds(due), text), (limit.Due, limit.ToString()));
    }
}
