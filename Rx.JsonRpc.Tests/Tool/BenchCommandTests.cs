using System.Text.Json;
using Rx.JsonRpc.Tool.Load;

namespace Rx.JsonRpc.Tests.Tool;

public class BenchCommandTests
{
    [Fact]
    public async Task Bench_Json_HasTheDocumentedMembers()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of(
            "bench", "-s", address, "echo", "[1]", "--in-flight", "4", "--duration", "200ms", "--warm-up", "0s", "--timeout", "5s",
            "--json");
        Assert.Equal(0, run.Code);
        using var document = JsonDocument.Parse(run.Out);
        JsonElement report = document.RootElement;
        Assert.Equal(
            [
                "method", "servers", "inFlight", "connections", "seconds", "requests", "results", "resultsPerSecond", "latencyMs", "errors",
                "allocatedBytesPerRequest",
            ],
            report.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["p50", "p99", "p999", "max"], report.GetProperty("latencyMs").EnumerateObject().Select(member => member.Name));
        Assert.True(report.GetProperty("results").GetInt64() > 0);
        // Seconds and rates are rounded; the results of the requests in flight at the end are not in the rate.
        double perSpan = report.GetProperty("resultsPerSecond").GetDouble() * report.GetProperty("seconds").GetDouble();
        long results = report.GetProperty("results").GetInt64();
        Assert.InRange(perSpan, (results - 4) * 0.99, results * 1.01);
        Assert.Equal(report.GetProperty("requests").GetInt64(), report.GetProperty("results").GetInt64());
        Assert.Empty(report.GetProperty("errors").EnumerateObject());
        Assert.Contains("measuring", run.Error);
    }

    [Theory]
    [InlineData("echo", 0, "p50", "5s")]
    [InlineData("fail", 1, "error -32000", "5s")]
    [InlineData("silent", 2, "timeout", "100ms")]
    public async Task Bench_WithoutResults_SaysWhatCameInstead(string method, int code, string kind, string timeout)
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of(
            "bench", "-s", address, method, "--in-flight", "2", "--duration", "300ms", "--warm-up", "1ms", "--timeout", timeout);
        Assert.Contains(kind, run.Out);
        Assert.Equal(code, run.Code);
        Assert.Equal(code == 0, run.Out.Contains("p50", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bench_JsonWithoutResults_HasNoLatenciesAndAddsUp()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of(
            "bench", "-s", address, "silent", "--in-flight", "2", "--duration", "150ms", "--warm-up", "0s", "--timeout", "100ms", "--json");
        using var document = JsonDocument.Parse(run.Out);
        JsonElement report = document.RootElement;
        Assert.All(report.GetProperty("latencyMs").EnumerateObject(), member => Assert.Equal(JsonValueKind.Null, member.Value.ValueKind));
        Assert.Equal(0, report.GetProperty("results").GetInt64());
        Assert.Equal(
            report.GetProperty("requests").GetInt64(), report.GetProperty("errors").EnumerateObject().Sum(kind => kind.Value.GetInt64()));
    }

    [Fact]
    public void Tally_ReadWhileItCounts_ShowsNoErrorThatDidNotHappen()
    {
        var tally = new LoadTally();
        using var stop = new CancellationTokenSource();
        var counting = new Thread(() =>
        {
            while (!stop.IsCancellationRequested) tally.Add(null, 1);
        });
        counting.Start();
        long most = 0;
        for (int i = 0; i < 200_000; i++) most = Math.Max(most, tally.Failed);
        stop.Cancel();
        counting.Join();
        Assert.Equal(0, most);
        tally.Add("timeout", 1);
        Assert.Equal(1, tally.Failed);
    }

    [Fact]
    public async Task Bench_NoServer_Is3()
    {
        string nobody = await ToolRun.NobodyAsync();
        ToolRun run = await ToolRun.Of("bench", "-s", nobody, "m", "--in-flight", "2", "--duration", "100ms", "--warm-up", "1ms");
        Assert.Contains("no server", run.Out);
        Assert.Equal(3, run.Code);
    }
}
