using Rx.JsonRpc.Tool.Logging;

namespace Rx.JsonRpc.Tests.Tool;

public class EventLogTests
{
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    [Fact]
    public async Task Events_ThatNobodyReads_AreKeptUpToABoundAndTheRestIsCounted()
    {
        EventLog<LoggedText> log = Log(most: 2);
        for (int i = 0; i < 5; i++) log.Add(new LoggedText($"{i}"));
        log.Complete();

        Assert.Equal(["dropped 3", "0", "1"], await WrittenAsync(log));
        Assert.Equal(3, log.Dropped);
    }

    [Fact]
    public async Task Output_ThatFails_LosesItsLinesAndSaysSoInTheNextOneThatItTakes()
    {
        EventLog<LoggedText> log = Log();
        foreach (string text in (string[])["a", "b", "c", "d", "e"]) log.Add(new LoggedText(text));
        log.Complete();
        var written = new List<string>();
        int writes = 0;

        await log.WriteAsync(text =>
        {
            // The second write, and the notice that is tried before the third event.
            if (++writes is 2 or 3) throw new IOException("no space left");
            written.Add(text.Text);
        });

        Assert.Equal(["a", "dropped 2", "d", "e"], written);
        Assert.Equal(2, log.Dropped);
    }

    [Fact]
    public async Task Output_ThatIsWellAgain_SaysSoWithoutWaitingForTheNextEvent()
    {
        EventLog<LoggedText> log = Log();
        var written = new List<string>();
        var failed = new TaskCompletionSource();
        Task writing = log.WriteAsync(text =>
        {
            if (failed.TrySetResult()) throw new IOException("no space left");
            written.Add(text.Text);
        });
        log.Add(new LoggedText("a"));
        await failed.Task;
        while (log.Dropped == 0) await Task.Yield();
        log.Flush();
        log.Complete();
        await writing;

        Assert.Equal(["dropped 1"], written);
        Assert.Equal(1, log.Dropped);
    }

    [Theory]
    [InlineData("Error", "Error")]
    [InlineData("Warning", "Error Warning")]
    [InlineData("Information", "Error Warning Information")]
    [InlineData("Debug", "Error Warning Information Debug")]
    public async Task Events_BelowTheLevel_AreNotPrinted(string level, string expected)
    {
        EventLog<LoggedText> log = Log(level: Enum.Parse<LogLevel>(level));
        foreach (LogLevel each in Enum.GetValues<LogLevel>()) log.Add(new LoggedText($"{each}") { Level = each });
        log.Complete();

        Assert.Equal(expected, string.Join(' ', await WrittenAsync(log)));
    }

    [Fact]
    public async Task Events_ThatRepeat_AreThinnedButForDebug()
    {
        Assert.Equal(["a", "a+8", "end"], await RepeatedAsync(LogLevel.Information));
        Assert.Equal(11, (await RepeatedAsync(LogLevel.Debug)).Count);
    }

    private async Task<List<string>> RepeatedAsync(LogLevel level)
    {
        EventLog<LoggedText> log = Log(level: level);
        for (int i = 0; i < 10; i++) log.Add(new LoggedText("a") { Subject = "s" });
        _now += TimeSpan.FromSeconds(2);
        log.Flush();
        log.Add(new LoggedText("end"));
        log.Complete();
        return await WrittenAsync(log);
    }

    private EventLog<LoggedText> Log(int most = 100, LogLevel level = LogLevel.Information) =>
        new(most, level, dropped => new LoggedText($"dropped {dropped}"), () => _now);

    private static async Task<List<string>> WrittenAsync(EventLog<LoggedText> log)
    {
        var written = new List<string>();
        await log.WriteAsync(text => written.Add(text.Text)).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        return written;
    }
}

/// <summary>A line of a test's log.</summary>
internal sealed record LoggedText(string Text) : ILogEvent<LoggedText>
{
    public LogLevel Level { get; init; } = LogLevel.Information;

    public string? Subject { get; init; }

    public string Kind { get; init; } = "";

    public LoggedText After(long leftOut) => leftOut == 0 ? this : this with { Text = $"{Text}+{leftOut}" };
}
