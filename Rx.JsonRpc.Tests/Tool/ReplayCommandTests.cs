using System.Text.Json;
using static Rx.JsonRpc.Tests.Tool.RecordedLog;

namespace Rx.JsonRpc.Tests.Tool;

public class ReplayCommandTests
{
    private static readonly string[] Bare = ["--no-breaker", "--no-budget", "--json"];

    [Fact]
    public async Task Replay_ServerSilent_TheOtherAnswersAfterTheTryTimeout()
    {
        using RecordedLog log = SilentSecond();

        Figures figures = await Of(log, [.. Bare, "--try-timeout", "300ms", "--replay", "always"]);

        // Ten requests on a, which is silent: 500 ms each, then a timeout. By the new policy b has them from 300 ms on, and takes 4 ms.
        Assert.Equal((11, 1, 10), (figures.Requests, figures.Recorded("results"), figures.Recorded("timeouts")));
        Assert.Equal((11, 0), (figures.Recorded("sent"), figures.Recorded("resent")));
        Assert.Equal((11, 0, 21, 10), (figures["results"], figures["timeouts"], figures["sent"], figures["resent"]));
        Assert.Equal((304, 304), (figures.Latency("p50"), figures.Latency("max")));
    }

    [Fact]
    public async Task Replay_SamePolicy_IsTheRecording()
    {
        using RecordedLog log = SilentSecond();

        Figures figures = await Of(log, Bare);

        Assert.Equal(figures.RecordedText, figures.ReplayedText);
    }

    [Fact]
    public async Task Replay_RequestsOfOneMoment_EachHaveTheirOwnAttempts()
    {
        using RecordedLog log = new RecordedLog()
            .Request(0, "result", 5, On("a", "result", 5))
            .Request(0, "result", 50, On("a", "result", 50))
            .Request(0, "result", 520, On("a", "timeout", 500), On("a", "result", 20, after: 500));

        Figures figures = await Of(log, [.. Bare, "--retries", "1", "--replay", "always"]);

        // The last one is asked again after a wait of at most 100 ms, and has its second attempt then.
        Assert.Equal((3, 4, 50), (figures["results"], figures["sent"], figures.Latency("p50")));
        Assert.InRange(figures.Latency("max"), 520, 620);
    }

    [Fact]
    public async Task Replay_WithTheBreaker_LaterRequestsPassTheSilentServerBy()
    {
        using RecordedLog log = SilentSecond();

        Figures figures = await Of(log, "--no-budget", "--json", "--try-timeout", "50ms", "--replay", "always");

        // They begin 100 ms apart, so five fail on a one after the other; then a is ejected, and b answers the other five within 4 ms, as it does the eleventh.
        Assert.Equal((11, 16, 5), (figures["results"], figures["sent"], figures["resent"]));
        Assert.Equal((4, 54), (figures.Latency("p50"), figures.Latency("max")));
    }

    [Fact]
    public async Task Replay_ErrorInRetryOn_MovesToTheOther()
    {
        using RecordedLog log = new RecordedLog()
            .Request(0, "error", 7, On("a", "error", 7, code: -32000))
            .Request(10, "result", 3, On("b", "result", 3));

        Figures figures = await Of(log, [.. Bare, "--retry-on", "-32000"]);

        // The second one, too, is tried on a first, whose nearest attempt is the error; b takes 3 ms.
        Assert.Equal((2, 0, 4), (figures["results"], figures["errors"], figures["sent"]));
        Assert.Equal((10, 10), (figures.Latency("p50"), figures.Latency("max")));
    }

    [Fact]
    public async Task Replay_ConnectionLost_IsLostWhenItWas()
    {
        using RecordedLog log = new RecordedLog()
            .Request(0, "failure", 40, On("a", "lost", 40))
            .Request(100, "result", 2, On("a", "unavailable", 0, written: false, connected: false), On("b", "result", 2));

        Figures kept = await Of(log, Bare);
        Figures moved = await Of(log, [.. Bare, "--replay", "always"]);

        Assert.Equal(kept.RecordedText, kept.ReplayedText);
        Assert.Equal((2, 3, 42), (moved["results"], moved["sent"], moved.Latency("max")));
    }

    [Fact]
    public async Task Replay_ServerAwayFromTheStart_ComesHalfWay()
    {
        using RecordedLog log = new RecordedLog()
            .Request(0, "failure", 0, On("a", "unavailable", 0, written: false, connected: false))
            .Request(100, "result", 5, On("a", "result", 5));

        Figures figures = await Of(log, [.. Bare, "--retries", "-1", "--total", "1s"]);

        // a is back at 50 ms; the first request asks again with backoff until then, and is answered like the second.
        Assert.Equal((2, 0, 2), (figures["results"], figures["failures"], figures["sent"]));
        Assert.InRange(figures.Latency("max"), 55, 1000);
    }

    [Fact]
    public async Task Replay_CallerGaveUp_GivesUpAgain()
    {
        using RecordedLog log = new RecordedLog()
            .Request(0, "cancelled", 100, On("a", "cancelled", 100))
            .Request(1000, "result", 5, On("b", "result", 5));

        Figures figures = await Of(log, Bare);

        Assert.Equal(1, figures["cancelled"]);
    }

    [Fact]
    public async Task Replay_OtherServers_AreRankedAnewOrLeftOut()
    {
        using RecordedLog log = SilentSecond();

        Figures swapped = await Of(log, [.. Bare, "--servers", "a:1,1 b:1,2"]);
        Figures alone = await Of(log, [.. Bare, "--servers", "a:1"]);
        ToolRun unknown = await log.Replay("--servers", "c:1");

        Assert.Equal((11, 11, 4), (swapped["results"], swapped["sent"], swapped.Latency("max")));
        Assert.Equal((10, 1), (alone["timeouts"], alone["failures"]));
        Assert.Equal((64, "rxrpc: --servers: no recorded attempt was made on c:1; recorded are a:1 b:1\n"), (unknown.Code, unknown.Error));
    }

    [Fact]
    public async Task Replay_Twice_GivesTheSame()
    {
        using RecordedLog log = SilentSecond();

        ToolRun first = await log.Replay("--retries", "3", "--try-timeout", "20ms");
        ToolRun second = await log.Replay("--retries", "3", "--try-timeout", "20ms");

        Assert.Equal(first.Out, second.Out);
        Assert.Equal(0, first.Code);
    }

    [Fact]
    public async Task Replay_AsText_HasBothColumnsAndItsAssumptions()
    {
        using RecordedLog log = SilentSecond();

        ToolRun run = await log.Replay("--try-timeout", "300ms", "--replay", "always", "--no-breaker", "--no-budget");

        Assert.Contains("policy   try-timeout 300ms, total 5s, retries 0, replay always, retry-on none, breaker off, budget off\n", run.Out);
        Assert.Contains("servers  a:1,2,1 b:1,1,1\n", run.Out);
        Assert.Contains("results                          1          11\n", run.Out);
        Assert.Contains("latency ms  p50                4.0       304.0\n", run.Out);
        Assert.Contains("Assumptions:\n- ", run.Out);
        Assert.Contains("by the caller; 10 here) are taken never to be answered", run.Out);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Replay_FaultyFile_NamesTheLine()
    {
        using RecordedLog log = SilentSecond().Line("""{"at":"2026-01-31T12:00:00Z"}""");

        ToolRun run = await log.Replay();

        Assert.Equal((64, "", $"rxrpc: {log.Path}: line 12: method is missing\n"), (run.Code, run.Out, run.Error));
    }

    [Fact]
    public async Task Replay_NothingToReplay_IsSaid()
    {
        using RecordedLog empty = new();
        using RecordedLog untried = new RecordedLog().Request(0, "cancelled", 0);

        ToolRun nothing = await empty.Replay();
        ToolRun nowhere = await untried.Replay();
        ToolRun missing = await ToolRun.Of("replay", $"{empty.Path}.none");

        Assert.All([nothing, nowhere, missing], run => Assert.Equal((64, 1), (run.Code, run.ErrorLines.Length)));
        Assert.Contains("holds no request", nothing.Error);
        Assert.Contains("no request was tried on any server", nowhere.Error);
        Assert.Contains("cannot read", missing.Error);
    }

    [Fact]
    public async Task Replay_Interrupted_Is130()
    {
        using RecordedLog log = SilentSecond();
        await log.Replay();

        ToolRun run = await ToolRun.Of(["replay", log.Path], new CancellationToken(canceled: true));

        Assert.Equal((130, ""), (run.Code, run.Out));
    }

    [Fact]
    public async Task Bench_Record_CanBeReplayed()
    {
        using RecordedLog log = new();
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun bench = await ToolRun.Of(
            "bench", "-s", address, "echo", "[1]", "--in-flight", "4", "--duration", "200ms", "--warm-up", "1ms", "--timeout", "5s",
            "--record", log.Path);

        Assert.Equal(0, bench.Code);
        Assert.Matches("recorded [0-9,]+ requests to ", bench.Error);
        ToolRun run = await ToolRun.Of("replay", log.Path, "--json");
        Figures figures = new(JsonDocument.Parse(run.Out).RootElement);
        Assert.True(figures.Requests > 0);
        Assert.Equal(figures.Recorded("results"), figures["results"]);
    }

    [Fact]
    public async Task Bench_RecordNowhere_Is64()
    {
        ToolRun run = await ToolRun.Of("bench", "-s", "127.0.0.1:1", "m", "--record", "/nowhere/at/all.jsonl");

        Assert.Equal((64, 1), (run.Code, run.ErrorLines.Length));
        Assert.Contains("cannot write /nowhere/at/all.jsonl", run.Error);
    }

    /// <summary>Ten requests, 100 ms apart, on a that is silent; then a goes away, and an eleventh shows how quick b is.</summary>
    private static RecordedLog SilentSecond()
    {
        var log = new RecordedLog();
        for (int i = 0; i < 10; i++) log.Request(i * 100, "timeout", 500, On("a", "timeout", 500));
        return log.Request(5000, "result", 4, On("a", "unavailable", 0, written: false, connected: false), On("b", "result", 4));
    }

    private static async Task<Figures> Of(RecordedLog log, params string[] options)
    {
        ToolRun run = await log.Replay(options);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return new Figures(JsonDocument.Parse(run.Out).RootElement);
    }

    private sealed class Figures(JsonElement report)
    {
        public int this[string name] => report.GetProperty("replayed").GetProperty(name).GetInt32();

        public int Requests => this["requests"];

        public string RecordedText => report.GetProperty("recorded").GetRawText();

        public string ReplayedText => report.GetProperty("replayed").GetRawText();

        public int Recorded(string name) => report.GetProperty("recorded").GetProperty(name).GetInt32();

        public double Latency(string name) => report.GetProperty("replayed").GetProperty("latencyMs").GetProperty(name).GetDouble();
    }
}
