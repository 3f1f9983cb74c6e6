namespace Rx.JsonRpc.Tests.Tool;

public class UsageTests
{
    [Theory]
    [InlineData("PARAMS is not JSON: line 1, byte 1", "m", "{id: 1}")]
    [InlineData("PARAMS is not JSON: the string that opens at character 2", "m", "{'id: 1}")]
    [InlineData("PARAMS is not JSON: the text is empty", "m", "")]
    [InlineData("PARAMS is a number; expected an object {...} or an array [...]: one value alone is written [5]", "m", "5")]
    [InlineData("PARAMS is a number", "m", "-5")]
    [InlineData("PARAMS is a string", "m", "'x'")]
    [InlineData("PARAMS is null", "m", "null")]
    [InlineData("PARAMS is a boolean", "m", "true")]
    [InlineData("the option --bogus is not known", "m", "--bogus")]
    [InlineData("--bogus", "m", "[1]", "--bogus")]
    [InlineData("METHOD is empty", "")]
    [InlineData("METHOD is missing: The method's name.")]
    [InlineData("PARAMS is not JSON: line 1, byte 3: The JSON array contains a trailing comma at the end.", "m", "[1,]")]
    [InlineData("--allow-reserved", "rpc.discover")]
    [InlineData("--timeout '3x' is not a duration", "m", "--timeout", "3x")]
    [InlineData("--total '0' is not a duration", "m", "--total", "0")]
    [InlineData("--retries '-2'", "m", "--retries", "-2")]
    [InlineData("--replay 'sometimes'", "m", "--replay", "sometimes")]
    [InlineData("--retry-on: error code 2 ('x')", "m", "--retry-on", "-1,x")]
    public async Task Call_BadInput_IsToldInOneLineWithCode64(string expected, params string[] args)
    {
        ToolRun run = await ToolRun.Of(["call", "-s", "127.0.0.1:1", .. args]);
        Assert.Equal((64, ""), (run.Code, run.Out));
        Assert.Equal(2, run.ErrorLines.Length);
        Assert.Contains(expected, run.ErrorLines[0]);
        Assert.Equal("rxrpc: see 'rxrpc call --help'", run.ErrorLines[1]);
    }

    [Theory]
    [InlineData("127.0.0.1:1 127.0.0.1:0", "server 2 at position 12 ('127.0.0.1:0'): port 0")]
    [InlineData("127.0.0.1:1,x", "server 1 at position 0")]
    [InlineData("", "the server list is empty")]
    public async Task Call_BadServerList_NamesThePart(string servers, string expected)
    {
        ToolRun run = await ToolRun.Of("call", "--servers", servers, "m");
        Assert.Equal(64, run.Code);
        Assert.Contains(expected, run.ErrorLines[0]);
    }

    [Theory]
    [InlineData()]
    [InlineData("nonsense")]
    [InlineData("call")]
    [InlineData("call", "m")]
    [InlineData("call", "--servers")]
    [InlineData("bench", "-s", "127.0.0.1:1", "m", "--in-flight", "0")]
    [InlineData("bench", "-s", "127.0.0.1:1", "m", "--connections", "1025")]
    [InlineData("replay")]
    [InlineData("replay", "f", "--try-timeout", "3x")]
    [InlineData("gateway")]
    [InlineData("gateway", "-s", "127.0.0.1:1")]
    [InlineData("gateway", "-e", "127.0.0.1:1")]
    [InlineData("gateway", "-e", "127.0.0.1:1,2", "-s", "127.0.0.1:1")]
    [InlineData("gateway", "-c", "x.json", "-s", "127.0.0.1:1")]
    [InlineData("gateway", "-c", "x.json", "--retries", "1")]
    [InlineData("gateway", "-c", "does-not-exist.json")]
    [InlineData("gateway", "-e", "127.0.0.1:1", "-s", "127.0.0.1:1", "--drain", "x")]
    [InlineData("serve", "--listen", "127.0.0.1")]
    [InlineData("serve", "--listen", "127.0.0.1:65536")]
    [InlineData("serve", "--listen", "::1:1")]
    [InlineData("serve", "--listen", "unix:")]
    public async Task AnyCommand_WronglyUsed_Is64(params string[] args)
    {
        ToolRun run = await ToolRun.Of(args);
        Assert.Equal((64, ""), (run.Code, run.Out));
        Assert.All(run.ErrorLines, line => Assert.StartsWith("rxrpc: ", line));
    }

    [Theory]
    [InlineData("call", "64   wrong usage")]
    [InlineData("notify", "64   wrong usage")]
    [InlineData("serve", "get_user")]
    [InlineData("bench", "allocatedBytesPerRequest")]
    [InlineData("replay", "the line is named")]
    [InlineData("gateway", "Ctrl-C or SIGTERM drains")]
    [InlineData("import", "not be taken over")]
    [InlineData("demo", "exactly once")]
    public async Task Help_OfACommand_EndsWithItsExitCodes(string command, string part)
    {
        ToolRun run = await ToolRun.Of(command, "--help");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("Exit codes:", run.Out);
        Assert.Contains(part, run.Out);
    }

    [Fact]
    public async Task Help_OfNotify_NamesNoCodeThatItCannotGive()
    {
        string help = (await ToolRun.Of("notify", "--help")).Out;
        Assert.DoesNotContain("JSON-RPC error", help[help.IndexOf("Exit codes:", StringComparison.Ordinal)..]);
    }

    [Fact]
    public async Task Call_ReservedMethodAllowed_IsSent()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of("call", "-s", address, "--timeout", "5s", "--allow-reserved", "rpc.discover");
        Assert.Equal(1, run.Code);
        Assert.Contains("-32601", run.Error);
    }
}
