using Rx.JsonRpc.Tests.Contracts;
using Rx.JsonRpc.Tool;

namespace Rx.JsonRpc.Tests.Tool;

public sealed class ToolConsoleTests
{
    private static readonly string Hostile = $"\"{OneLineTests.Unsafe}\"";

    [Fact]
    public void Lines_HoldNothingThatSteersATerminal()
    {
        using var output = new StringWriter { NewLine = "" };
        using var error = new StringWriter { NewLine = "" };
        var console = new ToolConsole(output, error);

        console.Line(Hostile);
        console.ErrorLine(Hostile);

        Assert.DoesNotContain(output.ToString(), static character => OneLineTests.Unsafe.Contains(character));
        Assert.DoesNotContain(error.ToString(), static character => OneLineTests.Unsafe.Contains(character));
    }

    [Theory]
    [InlineData(false, "[1,\n\"\u202e\u009b\"]")]
    [InlineData(true, "[1,\n\"\\u202e\\u009b\"]")]
    public void Json_IsUntouched_ButOnATerminal(bool terminal, string expected)
    {
        using var output = new StringWriter { NewLine = "" };

        new ToolConsole(output, TextWriter.Null) { OutIsTerminal = terminal }.Json("[1,\n\"\u202e\u009b\"]");

        Assert.Equal(expected, output.ToString());
    }

    [Fact]
    public async Task Call_Verbose_OfAHostileServer_WritesOneLinePerAttempt()
    {
        await using var hostile = new JsonRpcListener(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        hostile.Calls.Subscribe(call => call.TryFail(new JsonRpcError(-32000, "busy\nattempt 2: 127.0.0.1:1: Result after 1 ms\u001b[2J\u202e" + new string('x', 2000))));
        hostile.Start();
        await using JsonRpcListener second = ToolRun.Serve(out string address);

        ToolRun run = await ToolRun.Of(
            "call", "-v", "-s", $"{hostile.LocalEndPoint},2 {address},1", "--retry-on", "-32000", "--timeout", "5s", "echo", "[1]");

        Assert.Equal((0, "[1]\n"), (run.Code, run.Out));
        Assert.Equal(2, run.ErrorLines.Length);
        Assert.StartsWith($"attempt 2: {address}: Result", run.ErrorLines[1]);
        Assert.Contains("(2,051 characters)", run.ErrorLines[0]);
        Assert.DoesNotContain(run.Error.Replace("\n", "", StringComparison.Ordinal), static character => OneLineTests.Unsafe.Contains(character));
    }

    [Fact]
    public async Task Call_ErrorOfAHostileServer_IsOneLineOfJson()
    {
        await using var hostile = new JsonRpcListener(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        hostile.Calls.Subscribe(call => call.TryFail(new JsonRpcError(-32000, "x") { Received = RawJson.Parse("{\n\"code\":1,\"message\":\"\u009b\u202e\"}") }));
        hostile.Start();

        ToolRun run = await ToolRun.Of("call", "-s", $"{hostile.LocalEndPoint}", "--timeout", "5s", "m");

        Assert.Equal("""{ "code":1,"message":"\u009b\u202e"}""", Assert.Single(run.ErrorLines));
    }
}
