using Rx.JsonRpc.Tests.Transport;

namespace Rx.JsonRpc.Tests.Tool;

public class OutputFailureTests
{
    [Theory]
    [InlineData("call")]
    [InlineData("call", "--help")]
    [InlineData("bench", "--json")]
    [InlineData("import")]
    [InlineData("replay")]
    [InlineData("demo")]
    [InlineData("serve")]
    public async Task AnyCommand_OutputThatCannotBeWritten_Is74WithOneLine(string command, params string[] more)
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        using RecordedLog log = new RecordedLog().Request(0, "result", 5, RecordedLog.On("a", "result", 5));
        await log.Replay();
        string[] args = command switch
        {
            "call" => ["-s", address, "echo", "[1]", "--timeout", "5s"],
            "bench" => ["-s", address, "echo", "[1]", "--duration", "20ms", "--warm-up", "0", "--in-flight", "1", "--timeout", "5s"],
            "import" => [Path.Combine(AppContext.BaseDirectory, "Data", "kamailio", "import", "jsonrpcc.cfg")],
            "replay" => [log.Path],
            "demo" => ["--phase", "20ms"],
            _ => ["-l", "127.0.0.1:0"],
        };
        ToolRun run = await ToolRun.Of([command, .. args, .. more], null, new MemoryStream());
        Assert.Equal(74, run.Code);
        Assert.EndsWith("rxrpc: cannot write to standard output: No space left on device\n", run.Error);
        Assert.Single(run.ErrorLines, line => line.StartsWith("rxrpc: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_ErrorReplyThatCannotBeWritten_Is74()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        Assert.Equal(74, (await ToolRun.Of(["call", "-s", address, "fail", "--timeout", "5s"], new MemoryStream(), null)).Code);
    }

    [Theory]
    [InlineData(0, "[1]\n", "call", "-v", "echo", "[1]")]
    [InlineData(2, "", "call", "silent", "--timeout", "50ms")]
    [InlineData(3, "", "call", "close")]
    [InlineData(0, "", "notify", "echo")]
    public async Task ErrorOutput_ThatCannotBeWritten_ChangesNoExitCode(int code, string expected, string command, params string[] more)
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of([command, "-s", address, .. more, "--total", "5s"], new MemoryStream(), null);
        Assert.Equal((code, expected), (run.Code, run.Out));
    }

    [Fact]
    public async Task WrongUsage_ThatCannotBeTold_Is64() => Assert.Equal(64, (await ToolRun.Of(["nonsense"], null, (Stream?)null)).Code);

    [Fact]
    public async Task Import_NotesThatCannotBeWritten_Is74()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Data", "kamailio", "import", "jsonrpcc.cfg");
        Assert.Equal(74, (await ToolRun.Of(["import", file], new MemoryStream(), null)).Code);
    }

    [Fact]
    public async Task Import_WithoutServersAndNotesThatCannotBeWritten_Is74()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("kamailio.cfg"), """modparam("jsonrpcc", "servers", "nonsense")""");
        Assert.Equal(1, (await ToolRun.Of("import", folder.File("kamailio.cfg"))).Code);
        Assert.Equal(74, (await ToolRun.Of(["import", folder.File("kamailio.cfg")], new MemoryStream(), null)).Code);
    }

    [Fact]
    public async Task Serve_LinesThatCannotBeWrittenLater_DoNotEndIt()
    {
        var output = new FillingDisk(lines: 1);
        using var error = new MemoryStream();
        using var stop = new CancellationTokenSource();
        Task<int> serving = Rx.JsonRpc.Tool.CommandLineEntry.RunAsync(
            ["serve", "-l", "127.0.0.1:0"], Rx.JsonRpc.Tool.ToolConsole.Of(output, error), stop.Token);
        string address = (await output.First.Task).Split(' ')[^1].Trim();
        for (int i = 0; i < 2; i++) Assert.Equal(0, (await ToolRun.Of("call", "-s", address, "echo", "[1]", "--timeout", "5s")).Code);
        await stop.CancelAsync();
        // The last line, that it has stopped, is lost as well.
        Assert.Equal(74, await serving);
    }

    [Fact]
    public async Task Bench_RecordingThatCannotBeWritten_SaysSoAndPrintsItsFigures()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this machine has no /dev/full");
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of(
            "bench", "-s", address, "echo", "[1]", "--duration", "50ms", "--warm-up", "0", "--in-flight", "1", "--record", "/dev/full");
        Assert.Equal(0, run.Code);
        Assert.Contains("latency ms", run.Out);
        Assert.Contains("rxrpc: recording to /dev/full stopped: ", run.Error);
    }
}
