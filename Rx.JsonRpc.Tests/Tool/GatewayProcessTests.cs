using System.Text.Json;
using Rx.JsonRpc.Tests.Kamailio.EndToEnd;
using Rx.JsonRpc.Tests.Transport;

namespace Rx.JsonRpc.Tests.Tool;

/// <summary>The gateway as a process: what it does about SIGHUP, and about an output that fails.</summary>
public sealed class GatewayProcessTests : IAsyncDisposable
{
    private const int Calls = 1600;
    private const int AtOnce = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly EvapiPort _kamailio = new();

    private string Config => _folder.File("rxrpc.json");

    [Fact]
    public async Task Hangup_UnderLoad_ChangesTheServersAndFailsNoCall()
    {
        await using JsonRpcListener first = ToolRun.Serve(out string one);
        await using JsonRpcListener second = ToolRun.Serve(out string other);
        await WriteAsync(one);
        await using OwnProcess gateway = OwnTool.Start("gateway", "--config", Config);
        await gateway.Log.Contains("\"to\":\"Connected\"");

        for (int call = 0; call < Calls; call++)
        {
            if (call >= AtOnce) await AnsweredAsync();
            if (call % 400 == 200)
            {
                await WriteAsync(call % 800 == 200 ? other : one);
                await gateway.SignalAsync("HUP");
            }
            await _kamailio.RequestAsync((uint)call);
        }
        for (int call = 0; call < AtOnce; call++) await AnsweredAsync();

        await gateway.Log.Contains("\"event\":\"reload\"", 4);
        Assert.Equal(Calls, first.Counters.Calls + second.Counters.Calls);
        Assert.True(second.Counters.Calls > 0);
        await gateway.SignalAsync("TERM");
        Assert.Equal(0, await gateway.ExitAsync(Patience));
    }

    [Fact]
    public async Task Hangup_WithAFaultyFile_ChangesNothingAndSaysWhy()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        await WriteAsync(address);
        await using OwnProcess gateway = OwnTool.Start("gateway", "--config", Config);
        await gateway.Log.Contains("\"to\":\"Connected\"");

        string[] faulty = ["{", "{ \"polls\": 1 }", $$"""{ "evapi": "127.0.0.1:1", "pools": { "a": { "servers": "x:1", "policy": { "retries": -3 } }, "b": { "servers": "x:1", "policy": { "retries": -2 } } } }"""];
        for (int i = 0; i < faulty.Length; i++)
        {
            await File.WriteAllTextAsync(Config, faulty[i]);
            await gateway.SignalAsync("HUP");
            await gateway.Log.Contains("\"level\":\"error\",\"event\":\"reload\"", i + 1);
        }
        File.Delete(Config);
        await gateway.SignalAsync("HUP");
        // One line for each fault: two pools of the last file have one.
        await gateway.Log.Contains("\"level\":\"error\",\"event\":\"reload\"", faulty.Length + 2);
        JsonElement[] reloads = Reloads(gateway);
        Assert.All(reloads, line => Assert.Equal("nothing", line.GetProperty("changed").GetString()));
        Assert.Contains(reloads, line => line.GetProperty("problem").GetString()!.Contains("$.pools.b", StringComparison.Ordinal));

        await _kamailio.RequestAsync(1);
        await AnsweredAsync();
        await gateway.SignalAsync("TERM");
        Assert.Equal(0, await gateway.ExitAsync(Patience));
    }

    [Fact]
    public async Task Hangup_WithOtherChanges_NamesThemAsNeedingARestart()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        await using JsonRpcListener other = ToolRun.Serve(out string next);
        await WriteAsync(address);
        await using OwnProcess gateway = OwnTool.Start("gateway", "--config", Config);
        await gateway.Log.Contains("\"to\":\"Connected\"");

        await WriteAsync(next, "\"policy\": { \"tryTimeout\": \"9s\" }", "\"maxInFlight\": 7,");
        await gateway.SignalAsync("HUP");

        await gateway.Log.Contains("needsRestart");
        JsonElement named = Assert.Single(Reloads(gateway), line => line.TryGetProperty("needsRestart", out _));
        Assert.Equal("warning", named.GetProperty("level").GetString());
        string[] members = named.GetProperty("needsRestart").GetString()!.Split(", ");
        Assert.Equal(["$.maxInFlight", "$.pools.a.policy.totalTimeout", "$.pools.a.policy.tryTimeout"], members.Order(StringComparer.Ordinal));
        // The servers have changed all the same.
        await gateway.Log.Contains($"\"server\":\"{next}\",\"from\":\"Connecting\",\"to\":\"Connected\"");
    }

    [Fact]
    public async Task Hangup_WithoutAFile_SaysThatThereIsNothingToReadAndGoesOn()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        await using OwnProcess gateway = OwnTool.Start("gateway", "--evapi", _kamailio.Address, "--servers", address);
        await gateway.Log.Contains("\"to\":\"Connected\"");

        await gateway.SignalAsync("HUP");

        await gateway.Log.Contains("\"event\":\"reload\"");
        Assert.Contains("--config", Assert.Single(Reloads(gateway)).GetProperty("problem").GetString());
        await _kamailio.RequestAsync(1);
        await AnsweredAsync();
    }

    [Theory]
    [InlineData("> /dev/full 2>&1")]
    [InlineData("> >(head -n 1) 2>&1")]
    [InlineData("> >(sleep 60) 2>&1")]
    public async Task Output_ThatFails_KeepsNothingFromBeingAnswered(string output)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "no bash on this machine");
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        string tool = Path.Combine(AppContext.BaseDirectory, "rxrpc.dll");
        await using OwnProcess gateway = OwnProcess.Start(
            "/bin/bash", _folder.File(""), "-c",
            $"exec dotnet '{tool}' gateway --evapi {_kamailio.Address} --servers {address} --timeout 20s --total 20s --log-level debug {output}");
        // More lines of problems than a pipe takes.
        for (uint i = 0; i < 2000; i++) await _kamailio.RequestAsync(i, ",\"timeout\":0");
        for (uint i = 0; i < 2000; i++) Assert.Contains("ERR", await _kamailio.AnswerAsync());

        await _kamailio.RequestAsync(1);
        await AnsweredAsync();
        await gateway.SignalAsync("TERM");
        Assert.Equal(0, await gateway.ExitAsync(Patience));
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("TERM")]
    public async Task Serve_SignalledToStop_Stops(string signal)
    {
        await using OwnProcess serve = OwnTool.Start("serve", "--listen", "127.0.0.1:0");
        await OwnTool.ListeningAsync(serve);

        await serve.SignalAsync(signal);

        Assert.Equal(0, await serve.ExitAsync(Patience));
        Assert.Equal("stopped", serve.Log.Lines[^1]);
    }

    [Fact]
    public async Task Serve_WhoseOutputIsClosed_AnswersUntilItIsStopped()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "no bash on this machine");
        JsonRpcListener free = ToolRun.Serve(out string address);
        await free.DisposeAsync();
        string tool = Path.Combine(AppContext.BaseDirectory, "rxrpc.dll");
        await using OwnProcess serve = OwnProcess.Start("/bin/bash", _folder.File(""), "-c", $"exec dotnet '{tool}' serve --listen {address} > >(head -n 1) 2>&1");

        for (int call = 0; call < 3; call++)
        {
            ToolRun run = await ToolRun.Of("call", "-s", address, "--timeout", "30s", "--total", "30s", "--retries", "-1", "echo", "[1]");
            Assert.Equal((0, "[1]\n"), (run.Code, run.Out));
        }

        await serve.SignalAsync("TERM");
        Assert.Equal(74, await serve.ExitAsync(Patience));
    }

    public async ValueTask DisposeAsync()
    {
        await _kamailio.DisposeAsync();
        _folder.Dispose();
    }

    private async Task AnsweredAsync() => Assert.Contains(" OK ", await _kamailio.AnswerAsync());

    private Task WriteAsync(string servers, string more = "\"policy\": { \"tryTimeout\": \"10s\", \"totalTimeout\": \"10s\" }", string first = "") => File.WriteAllTextAsync(Config, $$"""
        { {{first}} "evapi": "{{_kamailio.Address}}", "pools": { "a": { "servers": "{{servers}}", {{more}} } } }
        """);

    private static JsonElement[] Reloads(OwnProcess gateway) =>
        [.. gateway.Log.Lines.Where(line => line.Contains("\"event\":\"reload\"", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line).RootElement)];
}
