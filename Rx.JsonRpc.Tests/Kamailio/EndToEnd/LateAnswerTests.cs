using System.Text.Json.Nodes;

namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>Kamailio's timer ends a suspension, the failure route suspends the transaction again, and then the first answer comes.</summary>
[Collection(nameof(RealKamailio))]
public sealed class LateAnswerTests
{
    private const string Again = "X-Again: 1";
    private const string Dropped = "dropped a late answer";

    private static readonly TimeSpan Timer = TimeSpan.FromSeconds(2);
    private static readonly string Before = Path.Combine(AppContext.BaseDirectory, "Data", "kamailio", "rxrpc-without-tokens.cfg");

    [Fact]
    public async Task Answer_ToASuspensionThatHasTimedOut_DoesNotResumeTheNextOne()
    {
        const string Resumed = "\troute($var(rx_route));";
        await using SipWorld world = await SipWorld.StartAsync(Timer, change: script => Changed(
            script, Resumed, $"\txlog(\"L_NOTICE\", \"kept [$sht(rxrpc=>$T(id_index):$T(id_label))]\\n\");\n{Resumed}"));
        using HandGateway gateway = await HandGateway.ConnectAsync(world);
        Task<SipCall> call = world.CallAsync(Again);
        JsonNode first = await gateway.EventAsync();
        JsonNode second = await gateway.EventAsync();
        Assert.Equal(("get_user", "again"), (first["method"]!.GetValue<string>(), second["method"]!.GetValue<string>()));
        Assert.Equal(($"{first["index"]}", $"{first["label"]}"), ($"{second["index"]}", $"{second["label"]}"));

        await gateway.AnswerAsync(first, "old");
        await gateway.AnswerAsync(second, "new");

        Assert.Equal("200 new", $"{(await call).Final}");
        await world.LoggedAsync(Dropped);
        // The table keeps nothing of a transaction that was answered.
        await world.LoggedAsync("kept [<null>]");
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task Answer_ThatIsLookedAtWhileTheTransactionIsSuspendedAgain_DoesNotResumeIt()
    {
        // Between the look at the token and t_continue, the timer suspends the transaction again.
        const string Continue = "\tif(!t_continue(";
        await using SipWorld world = await SipWorld.StartAsync(Timer, change: script => Changed(
            script, Continue, $"\tif($var(rx_token) == 1) usleep(\"3000000\");\n{Continue}"));
        using HandGateway gateway = await HandGateway.ConnectAsync(world);
        Task<SipCall> call = world.CallAsync(Again);
        await gateway.AnswerAsync(await gateway.EventAsync(), "old");

        await gateway.AnswerAsync(await gateway.EventAsync(), "new");

        Assert.Equal("200 new", $"{(await call).Final}");
        await world.LoggedAsync(Dropped);
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task Gateway_ThatAnswersLateWhileItLeaves_DoesNotResumeWhatTheNextGatewayIsAsked()
    {
        var late = new TaskCompletionSource();
        await using var slow = new Backend();
        slow.Behave = async call =>
        {
            await late.Task;
            await Backend.AnswersAsync(call);
        };
        await using SipWorld world = await SipWorld.StartAsync(Timer);
        await using var next = new Backend();
        next.Behave = async call =>
        {
            late.SetResult();
            await world.LoggedAsync(Dropped);
            await call.ReplyAsync("""{"jsonrpc":"2.0","result":"new","id":ID}""");
        };
        await using OwnProcess first = Start(world, slow);
        await world.GatewayIsConnectedAsync();
        await using OwnProcess second = Start(world, next);
        await world.GatewayIsConnectedAsync(2);
        Task<SipCall> call = world.CallAsync(Again);
        await slow.IsAskedAsync();

        await first.SignalAsync("TERM");

        Assert.Equal("200 \"new\"", $"{(await call).Final}");
        Assert.Equal(0, await first.ExitAsync(TimeSpan.FromSeconds(20)));
        world.AssertNoneResumedTwice();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task ScriptAndGateway_WithAndWithoutTokens_UnderstandEachOther(bool isOldScript, bool isOldGateway)
    {
        await using var backend = new Backend { Behave = call => call.ReplyAsync("""{"jsonrpc":"2.0","result":1,"id":ID}""") };
        await using SipWorld world = await SipWorld.StartAsync(library: isOldScript ? Before : null);
        if (!isOldGateway) await world.ServeAsync([backend.Address]);
        using HandGateway? old = isOldGateway ? await HandGateway.ConnectAsync(world) : null;
        for (int times = 0; times < 2; times++)
        {
            Task<SipCall> call = world.CallAsync();
            if (old is not null)
            {
                JsonNode asked = await old.EventAsync();
                Assert.Equal(isOldScript, asked["token"] is null);
                await old.AnswerAsync(asked, "1", echoes: false);
            }
            Assert.Equal("200 1", $"{(await call).Final}");
        }
        world.AssertNoneResumedTwice();
    }

    private static string Changed(string script, string part, string replacement)
    {
        Assert.Contains(part, script);
        return script.Replace(part, replacement);
    }

    private static OwnProcess Start(SipWorld world, Backend backend) => OwnTool.Start(
        "gateway", "--evapi", world.Evapi, "--servers", backend.Address, "--timeout", "12s", "--total", "12s", "--drain", "15s");
}
