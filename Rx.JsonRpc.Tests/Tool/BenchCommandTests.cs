using System.Text.Json;

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
        // Seconds and rates are rounded; both tell of the same span.
        double rate = report.GetProperty("results").GetInt64() / report.GetProperty("seconds").GetDouble();
        Assert.InRange(report.GetProperty("resultsPerSecond").GetDouble(), rate * 0.99, rate * 1.01);
        Assert.Equal(report.GetProperty("requests").GetInt64(), report.GetProperty("results").GetInt64());
        Assert.Empty(report.GetProperty("errors").EnumerateObject());
        Assert.Contains("measuring", run.Error);
    }

    [Theory]
    [InlineData("fail", 1, "error -32000")]
    [InlineData("silent", 2, "timeout")]
    public async Task Bench_WithoutResults_SaysWhatCameInstead(string method, int code, string kind)
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of(
            "bench", "-s", address, method, "--in-flight", "2", "--duration", "300ms", "--warm-up", "1ms", "--timeout", "100ms");
        Assert.Contains(kind, run.Out);
        Assert.Equal(code, run.Code);
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
