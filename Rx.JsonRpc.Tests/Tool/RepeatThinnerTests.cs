using System.Globalization;
using Rx.JsonRpc.Tool.Logging;

namespace Rx.JsonRpc.Tests.Tool;

public class RepeatThinnerTests
{
    private readonly RepeatThinner<LoggedText> _thinner = new();
    private readonly List<string> _printed = [];
    private double _now;

    [Fact]
    public void Failure_RepeatedForTwoMinutes_IsPrintedAtGrowingIntervalsWithItsCount()
    {
        for (; _now < 120; _now += 0.5) Happens("Waiting");
        Assert.Equal(["0 Waiting", "1 Waiting+1", "4 Waiting+5", "13 Waiting+17", "40 Waiting+53"], _printed);
    }

    [Fact]
    public void Recovery_AfterALongOutage_IsPrintedAtOnceWithWhatWasLeftOut()
    {
        Happens("Connected");
        for (_now = 1; _now < 120; _now += 0.5) Happens("Waiting");
        _printed.Clear();
        Happens("Connected");
        Assert.Equal(["120 Connected+157"], _printed);
    }

    [Fact]
    public void Flapping_IsThinnedAndItsLastStateIsPrinted()
    {
        for (; _now < 60; _now += 0.5) Happens(_now % 1 == 0 ? "Connected" : "Waiting");
        Assert.InRange(_printed.Count, 4, 12);
        Happens("Connected");
        for (; _now < 300; _now += 0.5) Tick();
        Assert.Contains(" Connected", _printed[^1]);
        int printed = _printed.Count;
        for (; _now < 3000; _now += 0.5) Tick();
        Assert.Equal(printed, _printed.Count);
    }

    [Fact]
    public void Failure_AfterAMinuteOfQuiet_IsNewsAgain()
    {
        for (; _now < 30; _now++) Happens("Waiting");
        for (; _now < 200; _now++) Tick();
        _printed.Clear();
        Happens("Waiting");
        Assert.Equal(["200 Waiting"], _printed);
    }

    [Fact]
    public void Subjects_AreThinnedEachOnItsOwn()
    {
        Happens("Waiting", "a");
        Happens("Waiting", "b");
        Happens("Waiting", null);
        Happens("Waiting", null);
        Assert.Equal(4, _printed.Count);
    }

    [Fact]
    public void Rest_IsWhatIsLeftOutSoFar()
    {
        for (int i = 0; i < 4; i++) Happens("Waiting");
        Assert.Equal(["Waiting+2"], _thinner.Rest().Select(text => text.Text));
        Assert.Empty(_thinner.Rest());
    }

    private DateTimeOffset Now => DateTimeOffset.UnixEpoch.AddSeconds(_now);

    private void Happens(string kind, string? subject = "s")
    {
        if (_thinner.Offer(new LoggedText(kind) { Subject = subject, Kind = kind }, Now) is { } text) Print(text);
        Tick();
    }

    private void Tick()
    {
        foreach (LoggedText due in _thinner.Due(Now)) Print(due);
    }

    private void Print(LoggedText text) => _printed.Add(string.Create(CultureInfo.InvariantCulture, $"{_now} {text.Text}"));
}
