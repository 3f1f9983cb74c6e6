using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Tool;

namespace Rx.JsonRpc.Tests.Tool;

public class ServeCommandTests
{
    [Fact]
    public async Task Serve_UntilStopped_TellsAddressAndConnections()
    {
        using var output = new WatchedWriter();
        using var error = new WatchedWriter();
        using var stop = new CancellationTokenSource();
        Task<int> serving = CommandLineEntry.RunAsync(["serve", "--listen", "localhost:0"], new ToolConsole(output, error), stop.Token);
        await output.Contains("listening on 127.0.0.1:");
        string address = output.ToString().Split("listening on ")[1].Trim();

        Assert.Equal(0, (await ToolRun.Of("call", "-s", address, "--timeout", "5s", "echo", "[1]")).Code);
        await output.Contains("Disconnected");
        await stop.CancelAsync();

        Assert.Equal(0, await serving);
        Assert.Contains("Connected", output.ToString());
        Assert.EndsWith("stopped\n", output.ToString());
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public async Task Serve_AddressInUse_Is1WithOneLine()
    {
        await using JsonRpcListener first = ToolRun.Serve(out string address);
        ToolRun run = await ToolRun.Of("serve", "--listen", address);
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.StartsWith($"rxrpc: cannot listen on {address}: ", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task Serve_MoreCallsAtOnceThanAListenerTakesByDefault_AreAllAnswered()
    {
        using var output = new WatchedWriter();
        using var stop = new CancellationTokenSource();
        Task<int> serving = CommandLineEntry.RunAsync(["serve", "--listen", "localhost:0"], new ToolConsole(output, output), stop.Token);
        await output.Contains("listening on 127.0.0.1:");
        await using var client = new JsonRpcClient(output.ToString().Split("listening on ")[1].Trim());
        var policy = new RequestPolicy { TryTimeout = TimeSpan.FromSeconds(30), TotalTimeout = TimeSpan.FromSeconds(30) };
        int many = 2 * new JsonRpcListenerOptions().MaxCallsPerConnection;

        await Task.WhenAll(Enumerable.Range(0, many).Select(_ => client.Request("slow", RawJson.Parse("[300]"), policy).ToTask()));

        await stop.CancelAsync();
        Assert.Equal(0, await serving);
    }
}
