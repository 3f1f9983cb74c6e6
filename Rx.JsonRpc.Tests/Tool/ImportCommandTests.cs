using Rx.JsonRpc.Tests.Transport;
using Rx.JsonRpc.Tool.Gateway;

namespace Rx.JsonRpc.Tests.Tool;

public class ImportCommandTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "kamailio", "import");

    [Theory]
    [InlineData("jsonrpcc.cfg", "default")]
    [InlineData("janssonrpcc.cfg", "user")]
    public async Task Import_OfAModule_IsAConfigurationForTheGateway(string file, string pool)
    {
        ToolRun run = await ToolRun.Of("import", Path.Combine(Folder, file), "--define", "GROUPS");
        Assert.Equal(0, run.Code);
        Assert.Contains("route(RXRPC_REQUEST);", run.Error);

        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("rxrpc.json"), run.Out);
        GatewayConfig config = ConfigFile.Read(folder.File("rxrpc.json")).Config;
        Assert.Equal("127.0.0.1:8448", Assert.Single(config.Evapi!).ToString());
        Assert.Equal([2, 2, 1], config.Pools![pool]!.Servers!.Select(server => server.Priority));
    }

    [Fact]
    public async Task Import_WithoutServers_Is1() => Assert.Equal(1, (await ToolRun.Of("import", Path.Combine(Folder, "evapi.cfg"))).Code);

    [Theory]
    [InlineData("gone.cfg")]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task Import_OfNoFile_Is64(string file)
    {
        ToolRun run = await ToolRun.Of("import", file);
        Assert.Equal(64, run.Code);
        Assert.StartsWith("rxrpc: cannot read '", Assert.Single(run.ErrorLines));
    }

    [Theory]
    [InlineData("/dev/zero", "no regular file")]
    [InlineData("/dev/null", "no regular file")]
    [InlineData("/", "a directory")]
    public async Task Import_OfWhatIsNoRegularFile_Is64(string file, string why)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the paths are Linux's");
        ToolRun run = await ToolRun.Of("import", file);
        Assert.Equal(64, run.Code);
        Assert.Contains(why, Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task Import_OfAPipeOrAnEndlessInclude_DoesNotOpenIt()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo") || File.Exists("/bin/mkfifo"), "this machine has no mkfifo");
        using var folder = new TemporaryFolder();
        using (var made = System.Diagnostics.Process.Start("mkfifo", folder.File("pipe"))) await made.WaitForExitAsync();
        Assert.Contains("no regular file", Assert.Single((await ToolRun.Of("import", folder.File("pipe"))).ErrorLines));
        await File.WriteAllTextAsync(
            folder.File("a.cfg"), "include_file \"pipe\"\ninclude_file \"/dev/zero\"\nmodparam(\"jsonrpcc\", \"servers\", \"10.0.0.1:1\")");
        ToolRun run = await ToolRun.Of("import", folder.File("a.cfg"));
        Assert.Equal(0, run.Code);
        Assert.StartsWith("line 1: the included file 'pipe' was not read: it is empty, or no regular file", run.ErrorLines[0]);
        Assert.StartsWith("line 2: the included file '/dev/zero' was not read: it is empty, or no regular file", run.ErrorLines[1]);
        Assert.Contains("no regular file", Assert.Single((await ToolRun.Of("gateway", "--config", folder.File("pipe"))).ErrorLines));
    }

    [Fact]
    public async Task Config_FromAPipeOfTheShell_IsRefusedAsNoRegularFile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the path is Linux's");
        // What <(...) and a pipe to /dev/stdin are: links whose target is no path.
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        ToolRun run = await ToolRun.Of("gateway", "--config", $"/dev/fd/{pipe.SafePipeHandle.DangerousGetHandle()}");
        Assert.Contains("no regular file", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task Import_OfAFileAboveTheLimit_Is64WithTheLimit()
    {
        using var folder = new TemporaryFolder();
        await using (FileStream file = File.Create(folder.File("large.cfg"))) file.SetLength(5_000_000_000);
        ToolRun run = await ToolRun.Of("import", folder.File("large.cfg"));
        Assert.Equal(64, run.Code);
        Assert.Contains("it has 5,000,000,000 bytes; at most 4,194,304 are read", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task Import_OfAScriptThatGrowsWithoutEnd_Is64WithFileAndLine()
    {
        using var folder = new TemporaryFolder();
        string all = string.Join('\n', Enumerable.Range(0, 11).Select(i => $"include_file \"f{i}.cfg\""));
        for (int i = 0; i < 11; i++) await File.WriteAllTextAsync(folder.File($"f{i}.cfg"), all);
        ToolRun run = await ToolRun.Of("import", folder.File("f0.cfg"));
        Assert.Equal((64, ""), (run.Code, run.Out));
        Assert.Matches("^rxrpc: .*f0.cfg f[0-9]+.cfg line [0-9]+: more than 1,000 files are included$", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task Import_WithAByteOrderMark_IsRead()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("a.cfg"), "modparam(\"jsonrpcc\", \"servers\", \"10.0.0.1:1\")", System.Text.Encoding.UTF8);
        Assert.Equal(0, (await ToolRun.Of("import", folder.File("a.cfg"))).Code);
    }

    [Fact]
    public async Task Import_Interrupted_Is130()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        Assert.Equal(130, (await ToolRun.Of(["import", Path.Combine(Folder, "jsonrpcc.cfg")], stop.Token)).Code);
    }

    [Fact]
    public async Task Import_WithADefineThatComesTwice_TakesTheLast() =>
        Assert.Equal(0, (await ToolRun.Of("import", Path.Combine(Folder, "jsonrpcc.cfg"), "-A", "GROUPS=1", "-A", "GROUPS")).Code);
}
