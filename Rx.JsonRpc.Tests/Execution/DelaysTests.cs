
namespace Rx.JsonRpc.Tests.Execution;

public class DelaysTests
{
    private readonly NarrowClock _clock = NarrowClock.AsTimers();
    private readonly List<TimeSpan> _calls = [];

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(60 * 24)]
    [InlineData(1000 * 24)]
    public void After_CallsOnceWhenTheTimeHasPassed(int hours)
    {
        var due = TimeSpan.FromHours(hours);
        _clock.After(due, Call);
        _clock.AdvanceTo(due.Ticks - 1);
        Assert.Empty(_calls);
        _clock.AdvanceTo(due.Ticks + TimeSpan.TicksPerDay);
        Assert.Equal([due], _calls);
    }

    [Fact]
    public void After_MaxValue_IsNeverCalledAndLeavesNothingToTheClock()
    {
        _clock.After(TimeSpan.MaxValue, Call);
        _clock.Start();
        Assert.Equal(0, _clock.Clock);
        Assert.Empty(_calls);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(59)]
    public void Dispose_AfterAnyNumberOfDays_EndsTheWait(int days)
    {
        IDisposable wait = _clock.After(TimeSpan.FromDays(60), Call);
        _clock.AdvanceTo(TimeSpan.FromDays(days).Ticks);
        wait.Dispose();
        _clock.Start();
        Assert.Empty(_calls);
        Assert.InRange(_clock.Clock, 0, TimeSpan.FromDays(days + 1).Ticks);
    }

    [Fact]
    public void After_State_ReachesTheAction()
    {
        string seen = "";
        _clock.After(TimeSpan.FromDays(3), "state", state => seen = state);
        _clock.Start();
        Assert.Equal("state", seen);
    }

    [Fact]
    public void PlusCapped_EndsWhereItsTypeEnds()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        Assert.Equal(TimeSpan.FromHours(3), TimeSpan.FromHours(1).PlusCapped(TimeSpan.FromHours(2)));
        Assert.Equal(TimeSpan.MaxValue, TimeSpan.FromHours(1).PlusCapped(TimeSpan.MaxValue));
        Assert.Equal(now.AddDays(60), now.PlusCapped(TimeSpan.FromDays(60)));
        Assert.Equal(DateTimeOffset.MaxValue, now.PlusCapped(TimeSpan.MaxValue));
    }

    private void Call() => _calls.Add(TimeSpan.FromTicks(_clock.Clock));
}
