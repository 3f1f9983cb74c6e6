using CsCheck;
using Rx.JsonRpc.Tool.Load;

namespace Rx.JsonRpc.Tests.Tool;

public class LatencyHistogramTests
{
    private const double Bound = 1.0 / 128;

    [Fact]
    public void ErrorBound_IsAsSaid() => Assert.Equal(Bound, LatencyHistogram.ErrorBound);

    [Fact]
    public void Percentile_AnyValues_IsNotBelowTheTrueOneAndWithinTheBound()
    {
        Gen<long[]> values = Gen.Int[0, 39].SelectMany(bits => Gen.Long[0, (1L << bits) - 1]).Array[1, 200];
        Gen.Select(values, Gen.Double[0, 100]).Sample((added, percent) =>
        {
            var histogram = new LatencyHistogram();
            foreach (long value in added) histogram.Add(value);
            long[] sorted = [.. added.Order()];
            long exact = sorted[Math.Max(1, (int)Math.Ceiling(sorted.Length * percent / 100)) - 1];
            Assert.InRange(histogram.Percentile(percent), exact, exact + (long)(exact * Bound));
            Assert.Equal(sorted[^1], histogram.Max);
        });
    }

    [Fact]
    public void Add_OutOfRange_IsKeptAtTheEnds()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(-1);
        histogram.Add(long.MaxValue);
        Assert.Equal(0, histogram.Percentile(50));
        Assert.Equal((1L << 40) - 1, histogram.Percentile(100));
        Assert.Equal(long.MaxValue, histogram.Max);
    }

    [Fact]
    public void Percentile_OfNothing_IsZero() => Assert.Equal(0, new LatencyHistogram().Percentile(99));

    [Fact]
    public void Add_FromManyThreads_LosesNothing()
    {
        var histogram = new LatencyHistogram();
        Parallel.For(0, 4, thread =>
        {
            for (int i = 0; i < 10_000; i++) histogram.Add((thread * 10_000) + i);
        });
        Assert.Equal(40_000, histogram.Count);
        Assert.Equal(39_999, histogram.Max);
    }
}
