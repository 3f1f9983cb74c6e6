using CsCheck;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc.Tests.Servers;

public class LatencyHistogramTests
{
    [Fact]
    public void TryQuantile_AnyTimes_IsAtMostAnEighthTooLong() =>
        Gen.Select(Gen.OneOf(Gen.Long[0, 20], Gen.Long[0, 7_000_000_000]).Array[1, 500], Gen.Double[0.01, 0.99]).Sample((times, quantile) =>
        {
            var histogram = new LatencyHistogram();
            foreach (long time in times) histogram.Add(TimeSpan.FromMicroseconds(time));

            Assert.True(histogram.TryQuantile(quantile, 1, out TimeSpan took));

            long exact = times.Order().ElementAt((int)Math.Ceiling(quantile * times.Length) - 1);
            Assert.InRange(took.TotalMicroseconds, exact, exact * 1.125 + 1);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(-50)]
    [InlineData(long.MaxValue)]
    public void Add_TimesOutOfAllBounds_AreKeptInTheOuterBuckets(long ticks)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.FromTicks(ticks));
        Assert.True(histogram.TryQuantile(0.5, 1, out TimeSpan took));
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromHours(3));
    }

    [Fact]
    public void TryQuantile_ShareIsReachedExactly_IsTheTimeThatReachedIt()
    {
        var histogram = new LatencyHistogram();
        foreach (int milliseconds in new[] { 1, 1000 }) histogram.Add(TimeSpan.FromMilliseconds(milliseconds));

        Assert.True(histogram.TryQuantile(0.5, 1, out TimeSpan took));

        Assert.InRange(took.TotalMilliseconds, 1, 1.13);
    }

    [Fact]
    public void TryQuantile_TooFew_IsNotKnown()
    {
        var histogram = new LatencyHistogram();
        for (int i = 0; i < 9; i++) histogram.Add(TimeSpan.FromMilliseconds(1));
        Assert.False(histogram.TryQuantile(0.5, 10, out _));
        histogram.Add(TimeSpan.FromMilliseconds(1));
        Assert.True(histogram.TryQuantile(0.5, 10, out _));
    }

    [Fact]
    public void TryQuantile_MoreAskedForThanAreKept_IsKnownOnceItCanBe()
    {
        var histogram = new LatencyHistogram();
        for (int i = 0; i < 2 * LatencyHistogram.Halving; i++) histogram.Add(TimeSpan.FromMilliseconds(1));
        Assert.True(histogram.TryQuantile(0.5, int.MaxValue, out _));
    }

    [Fact]
    public void Add_TimesHaveChanged_ForgetsWhatWasLongAgo()
    {
        var histogram = new LatencyHistogram();
        for (int i = 0; i < 100_000; i++) histogram.Add(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 3 * LatencyHistogram.Halving; i++) histogram.Add(TimeSpan.FromMilliseconds(1));
        Assert.True(histogram.TryQuantile(0.95, 1, out TimeSpan took));
        Assert.InRange(took.TotalMilliseconds, 1, 1.13);
    }

    [Fact]
    public void MethodLatencies_Methods_AreKeptApartUpToABound()
    {
        var latencies = new MethodLatencies();
        Assert.Same(latencies.Of("a"), latencies.Of("a"));
        Assert.NotSame(latencies.Of("a"), latencies.Of("b"));
        for (int i = 0; i < 1000; i++) latencies.Of($"{i}");
        Assert.Same(latencies.Of("one more"), latencies.Of("and another"));
    }
}
