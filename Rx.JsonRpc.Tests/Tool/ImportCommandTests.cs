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

    [Fact]
    public async Task Import_WithADefineThatComesTwice_TakesTheLast() =>
        Assert.Equal(0, (await ToolRun.Of("import", Path.Combine(Folder, "jsonrpcc.cfg"), "-A", "GROUPS=1", "-A", "GROUPS")).Code);
}
