using Rx.JsonRpc.Tool.Input;

namespace Rx.JsonRpc.Tests.Tool;

public class DurationsTests
{
    [Theory]
    [InlineData("300ms", 300)]
    [InlineData("2s", 2000)]
    [InlineData("1.5s", 1500)]
    [InlineData("500", 500)]
    [InlineData("1m", 60_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0.5h", 1_800_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("0.5ms", 0.5)]
    [InlineData("0s", 0)]
    public void TryParse_AsPeopleType_IsRead(string text, double milliseconds)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1,5s")]
    [InlineData("h")]
    [InlineData("25h")]
    [InlineData("1441m")]
    [InlineData("NaN")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999999999")]
    public void TryParse_NoDuration_IsRefused(string text) => Assert.False(Durations.TryParse(text, out _));
}
