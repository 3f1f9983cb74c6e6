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
    [InlineData("the option --bogus is not known", "m", "[1]", "--bogus")]
    [InlineData("the option --timout is not known; did you mean --timeout?", "m", "--timout", "3s")]
    [InlineData("the option --timout is not known; did you mean --timeout?", "--timout=3s", "m")]
    [InlineData("the option --verb is not known; did you mean --verbose?", "m", "[1]", "--verb", "--bogus")]
    [InlineData("the option -verbose is not known; did you mean --verbose?", "m", "-verbose")]
    [InlineData("the option --Retires is not known; did you mean --retries?", "--Retires", "3", "m", "{'id: 1}")]
    [InlineData("the option -t is not known", "-t", "3", "m")]
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
    [InlineData("the option --server is not known; did you mean --servers?", "call", "--server", "127.0.0.1:1", "m")]
    [InlineData("the option --sever is not known; did you mean --servers?", "call", "--sever", "127.0.0.1:1", "m")]
    [InlineData("the option --liten is not known; did you mean --listen?", "serve", "--liten", "127.0.0.1:0")]
    [InlineData("the option --inflight is not known; did you mean --in-flight?", "bench", "-s", "127.0.0.1:1", "m", "--inflight", "3")]
    [InlineData("the option --josn is not known; did you mean --json?", "replay", "f", "--josn")]
    [InlineData("the option --defin is not known; did you mean --define?", "import", "--defin", "X", "f")]
    [InlineData("the option --x is not known", "import", "--x")]
    [InlineData("the option --x is not known", "demo", "--x")]
    [InlineData("the option --servers stands in front of its command; expected 'rxrpc call --servers'", "--servers", "127.0.0.1:1", "call", "m")]
    [InlineData("the command 'cal' is not known; did you mean call?", "cal", "-s", "127.0.0.1:1", "--bogus", "m")]
    [InlineData("the command 'server' is not known; did you mean serve?", "server")]
    [InlineData("the command 'ping' is not known; expected one of call, notify, serve, bench, replay, gateway, import, demo", "ping", "me")]
    public async Task Mistyped_OptionOrCommand_IsNamedAlone(string expected, params string[] args)
    {
        ToolRun run = await ToolRun.Of(args);
        Assert.Equal((64, ""), (run.Code, run.Out));
        Assert.Equal($"rxrpc: {expected}", run.ErrorLines[0]);
        Assert.StartsWith("rxrpc: see 'rxrpc", Assert.Single(run.ErrorLines[1..]));
    }

    [Fact]
    public async Task Call_WordsBehindTwoDashes_AreNoOptions()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of("call", "-s", address, "--timeout", "5s", "--", "--bogus");
        Assert.Equal(1, run.Code);
        Assert.Contains("-32601", run.Error);
    }

    [Theory]
    [InlineData("127.0.0.1:1,127.0.0.1:2")]
    [InlineData("127.0.0.1:1,2,127.0.0.1:2,1")]
    [InlineData("127.0.0.1:1;127.0.0.1:2")]
    [InlineData("127.0.0.1:1,5;127.0.0.1:2,5")]
    public async Task Call_ServersWithAnotherSeparator_AreToldWhatSeparates(string servers)
    {
        ToolRun run = await ToolRun.Of("call", "--servers", servers, "m");
        Assert.Equal(64, run.Code);
        Assert.Contains("separated by spaces", run.ErrorLines[0]);
    }

    [Fact]
    public async Task Gateway_SocketsWithAnotherSeparator_AreToldWhatSeparates()
    {
        ToolRun run = await ToolRun.Of("gateway", "-s", "127.0.0.1:1", "--evapi", "127.0.0.1:1;127.0.0.1:2");
        Assert.Equal(64, run.Code);
        Assert.Contains("separated by spaces", run.ErrorLines[0]);
    }

    [Fact]
    public async Task Call_ServersGivenTwice_AreAllAsked()
    {
        string one = await ToolRun.NobodyAsync();
        await using JsonRpcListener service = ToolRun.Serve(out string two);
        ToolRun run = await ToolRun.Of("call", "-v", "-s", $"{one},2", "--servers", $"{two},1", "--timeout", "5s", "echo", "[1]");
        Assert.Equal((0, "[1]\n"), (run.Code, run.Out));
        Assert.StartsWith($"attempt 1: {one}: Unavailable", run.ErrorLines[0]);
    }

    [Theory]
    [InlineData("call", "-s", "127.0.0.1:1", "m", "--total", "1s", "--total", "2s")]
    [InlineData("serve", "-l", "127.0.0.1:0", "-l", "127.0.0.1:1")]
    public async Task AnyCommand_OptionThatCannotAddGivenTwice_IsRefused(params string[] args)
    {
        ToolRun run = await ToolRun.Of(args);
        Assert.Equal((64, ""), (run.Code, run.Out));
        Assert.Contains("expects a single argument but 2 were provided", run.ErrorLines[0]);
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
        Assert.Contains("JSON-RPC error", await CodesAsync("call"));
        Assert.DoesNotContain("JSON-RPC error", await CodesAsync("notify"));

        static async Task<string> CodesAsync(string command)
        {
            string help = (await ToolRun.Of(command, "--help")).Out;
            return help[help.IndexOf("Exit codes:", StringComparison.Ordinal)..];
        }
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
