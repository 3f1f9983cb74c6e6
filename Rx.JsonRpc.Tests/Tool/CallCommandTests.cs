namespace Rx.JsonRpc.Tests.Tool;

public class CallCommandTests
{
    private const string Patient = "5s";

    [Theory]
    [InlineData("""{"b":1.0,  "a":"\u00e9"}""")]
    [InlineData("""[ 1e2,"ü" ]""")]
    public async Task Call_Result_IsPrintedByteForByte(string parameters)
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of("call", "--servers", address, "--timeout", Patient, "echo", parameters);
        Assert.Equal(new ToolRun(0, parameters + "\n", ""), run);
    }

    [Theory]
    [InlineData("get_user", "{'id': 1234}", """{"id":1234,"name":"user1234","sip":"sip:user1234@example.org"}""")]
    [InlineData("get_user", "[7]", """{"id":7,"name":"user7","sip":"sip:user7@example.org"}""")]
    [InlineData("add", "{'a':1,'b':2.50}", "3.50")]
    [InlineData("slow", "[1]", """{"ms":1}""")]
    public async Task Call_MethodsOfTheExampleService_Answer(string method, string parameters, string expected)
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of("call", "-s", address, "--timeout", Patient, method, parameters);
        Assert.Equal(new ToolRun(0, expected + "\n", ""), run);
    }

    [Fact]
    public async Task Call_WithoutParams_SendsNone()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of("call", "-s", address, "--timeout", Patient, "echo");
        Assert.Equal(new ToolRun(0, "null\n", ""), run);
    }

    [Theory]
    [InlineData("fail", """[-5,"no"]""", """{"code":-5,"message":"no"}""")]
    [InlineData("fail", """[-5,"no",{"a": [1]}]""", """{"code":-5,"message":"no","data":{"a": [1]}}""")]
    [InlineData("fail", """{"data":null}""", """{"code":-32000,"message":"failed, as asked","data":null}""")]
    [InlineData("fail", """{"message":"it's <a> & ü"}""", """{"code":-32000,"message":"it's <a> & ü"}""")]
    [InlineData("fail", """{"message":"\u0007\u009b\u202e\u2066\u2028","data":"\u202e"}""", """{"code":-32000,"message":"\u0007\u009B\u202e\u2066\u2028","data":"\u202e"}""")]
    [InlineData("fail", "{\"data\":{\n\t\"a\":\"\u202e\u009b\"}}", """{"code":-32000,"message":"failed, as asked","data":{  "a":"\u202e\u009b"}}""")]
    [InlineData("nope", "[]", """{"code":-32601,"message":"Method not found"}""")]
    [InlineData("get_user", "{}", "'id', a whole number in 0..2147483647")]
    [InlineData("add", "[1]", "'b', a number")]
    [InlineData("add", "[79228162514264337593543950335,1]", "the sum is too large")]
    public async Task Call_ErrorReply_GoesToStderrWithCode1(string method, string parameters, string expected)
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of("call", "-s", address, "--timeout", Patient, method, parameters);
        Assert.Equal((1, ""), (run.Code, run.Out));
        using var error = System.Text.Json.JsonDocument.Parse(Assert.Single(run.ErrorLines));
        Assert.Contains(expected, error.RootElement.GetRawText().Replace("\\u0027", "'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_SilentServer_IsATimeout()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of("call", "-s", address, "--timeout", "300ms", "silent");
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("silent: no reply from", Assert.Single(run.ErrorLines));
        Assert.EndsWith("to try the next server all the same, use --replay always", run.ErrorLines[0]);
    }

    [Fact]
    public async Task Call_NoServer_IsAFailureWithEachAttempt()
    {
        string nobody = await ToolRun.NobodyAsync();
        ToolRun run = await ToolRun.Of("call", "-v", "-s", nobody, "echo", "[1]");
        Assert.Equal((3, ""), (run.Code, run.Out));
        Assert.StartsWith($"attempt 1: {nobody}: Unavailable", run.ErrorLines[0]);
        Assert.Contains("no server answered", run.ErrorLines[^1]);
    }

    [Fact]
    public async Task Call_ConnectionDropped_IsAFailure()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of("call", "-s", address, "--timeout", Patient, "close");
        Assert.Equal((3, ""), (run.Code, run.Out));
    }

    [Fact]
    public async Task Call_FirstServerAway_IsAnsweredByTheSecond()
    {
        string nobody = await ToolRun.NobodyAsync();
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of("call", "--verbose", "-s", $"{nobody},2 {address},1", "--timeout", Patient, "echo", "[1]");
        Assert.Equal((0, "[1]\n"), (run.Code, run.Out));
        Assert.Equal(2, run.ErrorLines.Length);
        Assert.StartsWith($"attempt 1: {nobody}: Unavailable", run.ErrorLines[0]);
        Assert.StartsWith($"attempt 2: {address}: Result", run.ErrorLines[1]);
    }

    [Theory]
    [InlineData("always", 2)]
    [InlineData("ifnotwritten", 1)]
    [InlineData("NEVER", 1)]
    public async Task Call_SilentServers_AreAskedAsReplayAllows(string replay, int attempts)
    {
        await using JsonRpcListener first = ToolRun.Serve(out string one);
        await using JsonRpcListener second = ToolRun.Serve(out string two);
        ToolRun run = await ToolRun.Of("call", "-v", "-s", $"{one},2 {two},1", "--replay", replay, "--timeout", "300", "silent");
        Assert.Equal((2, attempts + 1), (run.Code, run.ErrorLines.Length));
    }

    [Fact]
    public async Task Call_RetryOn_AsksTheNextServerAndTellsTheLastError()
    {
        await using JsonRpcListener first = ToolRun.Serve(out string one);
        await using JsonRpcListener second = ToolRun.Serve(out string two);
        ToolRun run = await ToolRun.Of(
            "call", "-v", "-s", $"{one} {two}", "--retry-on", "-32603, -32099..-32000", "--timeout", Patient, "fail", """[-32050,"x"]""");
        Assert.Equal((1, 3), (run.Code, run.ErrorLines.Length));
        Assert.Equal("""{"code":-32050,"message":"x"}""", run.ErrorLines[^1]);
    }

    [Fact]
    public async Task Call_Interrupted_Is130()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string address);
        using var stop = new CancellationTokenSource();
        Task<ToolRun> running = ToolRun.Of(["call", "-s", address, "--timeout", "1m", "--total", "1m", "silent"], stop.Token);
        await stop.CancelAsync();
        Assert.Equal(new ToolRun(130, "", ""), await running);
    }
}
