using System.Text.Json;
using Rx.JsonRpc.Tests.Transport;
using Rx.JsonRpc.Tool;

namespace Rx.JsonRpc.Tests.Tool;

public sealed class GatewayCommandTests : IAsyncDisposable
{
    private readonly EvapiPort _kamailio = new();
    private readonly WatchedWriter _output = new();
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task Gateway_OfArguments_AnswersUntilStoppedAndTellsEachChangeInALineOfJson()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        Task<int> running = Run("--evapi", _kamailio.Address, "--servers", address, "--timeout", "10s", "--total", "10s");
        await _output.Contains("\"to\":\"Connected\",\"reason\":\"");
        await _kamailio.RequestAsync(3);

        Assert.StartsWith("3 OK {\"id\":7,", await _kamailio.AnswerAsync());
        await _stop.CancelAsync();
        Assert.Equal(0, await running);

        JsonElement[] lines = Lines();
        Assert.Contains(lines, line => Text(line, "event") == "evapi" && Text(line, "socket") == _kamailio.Address && Text(line, "to") == "Connected");
        Assert.Contains(lines, line => Text(line, "event") == "server" && Text(line, "pool") == "default" && Text(line, "server") == address && Text(line, "state") is not null);
        Assert.Contains(lines, line => Text(line, "event") == "server" && Text(line, "server") == address && Text(line, "to") == "Retired");
        Assert.Equal((1, 1), (lines[^1].GetProperty("requests").GetInt32(), lines[^1].GetProperty("results").GetInt32()));
        Assert.Equal("stopped", Text(lines[^1], "event"));
    }

    [Fact]
    public async Task Gateway_OfAFile_AsksTheNamedPool()
    {
        await using JsonRpcListener first = ToolRun.Serve(out string users);
        string nobody = await ToolRun.NobodyAsync();
        using var folder = new TemporaryFolder();
        string config = folder.File("rxrpc.json");
        await File.WriteAllTextAsync(config, $$"""
            {
              // Comments are welcome.
              "evapi": ["{{_kamailio.Address}}"],
              "defaultPool": "billing",
              "pools": {
                "users": { "servers": ["{{users}},2"], "policy": { "tryTimeout": "10s", "totalTimeout": "10s" } },
                "billing": { "servers": "{{nobody}}", "policy": { "retries": 1, "backoff": { "first": 1, "max": "2ms" } } },
              }
            }
            """);
        Task<int> running = Run("--config", config);
        await _kamailio.RequestAsync(1, ""","servers":"users" """);
        Assert.StartsWith("1 OK {\"id\":7,", await _kamailio.AnswerAsync());
        await _kamailio.RequestAsync(2);
        Assert.Equal("2 ERR failure", await _kamailio.AnswerAsync());
        await _stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task Gateway_StoppedWithATransactionInFlight_TellsKamailioAndWaitsForItsAnswer()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new Support.RawTcpServer(async (stream, request) =>
        {
            asked.SetResult();
            await answer.Task;
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Support.RawTcpServer.ReplyTo(request, "5")));
        });
        Task<int> running = Run("--evapi", _kamailio.Address, "--servers", server.Address, "--timeout", "20s", "--total", "20s", "--drain", "20s");
        await _kamailio.RequestAsync(1);
        await asked.Task;

        await _stop.CancelAsync();
        await _output.Contains("\"event\":\"draining\",\"inFlight\":1");
        await _kamailio.LeavingAsync();
        Assert.False(running.IsCompleted);
        answer.SetResult();

        Assert.Equal("1 OK 5", await _kamailio.AnswerAsync());
        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task Gateway_DrainLimitPassed_ResumesTheRestAsCancelledAndIs2()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new Support.RawTcpServer((_, _) =>
        {
            asked.SetResult();
            return Task.CompletedTask;
        });
        Task<int> running = Run("--evapi", _kamailio.Address, "--servers", server.Address, "--timeout", "20s", "--total", "20s", "--drain", "100ms");
        await _kamailio.RequestAsync(1);
        await asked.Task;

        await _stop.CancelAsync();

        Assert.Equal("1 ERR cancelled", await _kamailio.AnswerAsync());
        Assert.Equal(2, await running);
    }

    [Fact]
    public async Task Gateway_OnATerminal_ShowsStatesAndOutcomes()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        var console = new ToolConsole(_output, _output) { OutIsTerminal = true };
        Task<int> running = CommandLineEntry.RunAsync(["gateway", "-e", _kamailio.Address, "-s", address], console, _stop.Token);
        await _output.Contains("results 0");
        await _kamailio.RequestAsync(1);
        await _kamailio.AnswerAsync();
        await _output.Contains("results 1");
        await _stop.CancelAsync();

        Assert.Equal(0, await running);
        Assert.All(["transactions/s", "in flight", "default", address, _kamailio.Address], part => Assert.Contains(part, _output.ToString()));
    }

    [Fact]
    public async Task Gateway_OfAFileThatNamesControls_TellsItsFaultInOneLine()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("rxrpc.json"), """{"evapi":"127.0.0.1:1","pools":{"a\n\u001bb":{"servers":"127.0.0.1:2","x":3}}}""");
        ToolRun run = await ToolRun.Of("gateway", "--config", folder.File("rxrpc.json"));
        Assert.Equal(64, run.Code);
        Assert.Contains("$.pools.a  b.x is not known", Assert.Single(run.ErrorLines));
        Assert.Equal("rxrpc: --config '' cannot be read: it is no path", Assert.Single((await ToolRun.Of("gateway", "--config", "")).ErrorLines));
    }

    public async ValueTask DisposeAsync()
    {
        await _kamailio.DisposeAsync();
        _stop.Dispose();
        await _output.DisposeAsync();
    }

    private Task<int> Run(params string[] args) =>
        CommandLineEntry.RunAsync(["gateway", .. args], new ToolConsole(_output, _output), _stop.Token).WaitAsync(TimeSpan.FromSeconds(60));

    private JsonElement[] Lines() =>
        [.. _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string? Text(JsonElement line, string member) => line.TryGetProperty(member, out JsonElement value) ? value.ToString() : null;
}
