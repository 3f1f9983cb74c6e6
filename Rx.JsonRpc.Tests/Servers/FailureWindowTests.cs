using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc.Tests.Servers;

public class FailureWindowTests
{
    private readonly FailureWindow _window = new(TimeSpan.FromSeconds(10));

    [Theory]
    [InlineData(0)]
    [InlineData(86_400_000)]
    public void Sum_AtAnyTime_CountsWhatIsNoOlderThanTheWindow(int start)
    {
        _window.Add(true, At(start));
        _window.Add(false, At(start));
        _window.Add(true, At(start + 4_000));

        Assert.Equal((3, 2), _window.Sum(At(start + 9_999)));
        Assert.Equal((1, 1), _window.Sum(At(start + 10_000)));
        Assert.Equal((0, 0), _window.Sum(At(start + 14_000)));
    }

    [Fact]
    public void Add_MoreThanABucketHolds_TheRateStays()
    {
        const int Calls = (1 << 20) + 1_000;
        for (int i = 0; i < Calls; i++) _window.Add(i % 4 == 0, At(0));

        (long calls, long failures) = _window.Sum(At(0));

        Assert.InRange(calls, Calls / 2, Calls);
        Assert.Equal(0.25, (double)failures / calls, 0.01);
    }

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
