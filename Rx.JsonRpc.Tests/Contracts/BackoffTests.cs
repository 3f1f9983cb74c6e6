using CsCheck;

namespace Rx.JsonRpc.Tests.Contracts;

public class BackoffTests
{
    private static readonly Gen<Backoff> AnyBackoff = Gen.Select(
        Gen.Long[0, TimeSpan.TicksPerMinute],
        Gen.Long[0, TimeSpan.TicksPerDay],
        Gen.Double[1, 10],
        (first, more, factor) => new Backoff { First = TimeSpan.FromTicks(first), Max = TimeSpan.FromTicks(first + more), Factor = factor });

    private static readonly Gen<int> AnyRetry = Gen.OneOf(Gen.Int[1, 50], Gen.Int[1, int.MaxValue], Gen.Const(int.MaxValue));

    [Fact]
    public void Delay_AnyRetryAndRandom_StaysWithinItsBound() =>
        Gen.Select(AnyBackoff, AnyRetry, Gen.Double.Unit).Sample((backoff, retry, random) =>
            Assert.InRange(backoff.Delay(retry, random), TimeSpan.Zero, backoff.Delay(retry, 1)));

    [Fact]
    public void Delay_Bound_LiesBetweenFirstAndMax() =>
        Gen.Select(AnyBackoff, AnyRetry).Sample((backoff, retry) => Assert.InRange(backoff.Delay(retry, 1), backoff.First, backoff.Max));

    [Fact]
    public void Delay_LaterRetryOrLargerRandom_IsNeverShorter() =>
        Gen.Select(AnyBackoff, Gen.Int[1, 1000], Gen.Double.Unit, Gen.Double.Unit).Sample((backoff, retry, one, two) =>
        {
            Assert.True(backoff.Delay(retry, one) <= backoff.Delay(retry + 1, one));
            Assert.True(backoff.Delay(retry, Math.Min(one, two)) <= backoff.Delay(retry, Math.Max(one, two)));
        });

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(9, 25_600)]
    [InlineData(10, 30_000)]
    [InlineData(int.MaxValue, 30_000)]
    public void Delay_Default_DoublesUpToMax(int retry, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Backoff.Default.Delay(retry, 1));

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void Delay_FirstIsZero_IsZeroForEver(int retry)
    {
        // Zero times an infinite power is not a number; it has to come out as no wait.
        Assert.Equal(TimeSpan.Zero, Backoff.None.Delay(retry, 1));
        Assert.Equal(TimeSpan.Zero, (Backoff.Default with { First = TimeSpan.Zero }).Delay(retry, 1));
    }

    [Fact]
    public void Delay_MaxIsTheLongestTime_DoesNotOverflow() =>
        Assert.Equal(TimeSpan.MaxValue, (Backoff.Default with { Max = TimeSpan.MaxValue }).Delay(int.MaxValue, 1));

    [Fact]
    public void Delay_Jitter_DrawsFromRandom()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(50), Backoff.Default.Delay(1, () => 0.5));
        Assert.Equal(TimeSpan.FromMilliseconds(100), (Backoff.Default with { Jitter = false }).Delay(1, () => throw new NotSupportedException()));
    }

    [Fact]
    public void Constant_AnyRetry_IsTheSameWait() =>
        Assert.All([1, 2, 1000], retry => Assert.Equal(TimeSpan.FromSeconds(2), Backoff.Constant(TimeSpan.FromSeconds(2)).Delay(retry, () => 0)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Delay_RetryBelowOne_Throws(int retry) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Backoff.Default.Delay(retry, 1));
}
