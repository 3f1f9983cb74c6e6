namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>SIGTERM while calls come in: Kamailio is told, and no call waits for its timer.</summary>
[Collection(nameof(RealKamailio))]
public sealed class LeavingTests
{
    private const string Good = "200 {\"user\":1}";
    private const int Rate = 300;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    // Far from the time of an answer, and from Kamailio's timer of 4 s.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task OnlyGateway_StoppedBySigterm_LeavesNoCallToKamailiosTimer()
    {
        await using Backend backend = Slow();
        await using SipWorld world = await SipWorld.StartAsync();
        await using OwnProcess gateway = Start(world, backend);
        await world.GatewayIsConnectedAsync();
        Task<IReadOnlyList<SipCall>> load = world.LoadAsync(Rate, 3 * Rate);

        await Task.Delay(OneSecond);
        await gateway.SignalAsync("TERM");

        Assert.Equal(0, await gateway.ExitAsync(TimeSpan.FromSeconds(20)));
        IReadOnlyList<SipCall> calls = await load;
        Assert.All(calls, call => Assert.Contains($"{call.Final}", new[] { Good, "500 failure" }));
        Assert.All(calls, call => Assert.InRange(call.Took, TimeSpan.Zero, Soon));
        // Those before the signal, and those after it.
        Assert.InRange(calls.Count(call => $"{call.Final}" == Good), Rate / 2, 5 * Rate / 2);
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task FirstOfTwoGateways_StoppedBySigterm_LosesNoCall()
    {
        await using Backend backend = Slow();
        await using SipWorld world = await SipWorld.StartAsync();
        await using OwnProcess first = Start(world, backend);
        await world.GatewayIsConnectedAsync();
        await using OwnProcess second = Start(world, backend);
        await world.GatewayIsConnectedAsync(2);
        Task<IReadOnlyList<SipCall>> load = world.LoadAsync(Rate, 3 * Rate);

        await Task.Delay(OneSecond);
        await first.SignalAsync("TERM");

        Assert.Equal(0, await first.ExitAsync(TimeSpan.FromSeconds(20)));
        Assert.All(await load, call => Assert.Equal(Good, $"{call.Final}"));
        // Kamailio still knows how many there are.
        await second.SignalAsync("TERM");
        Assert.Equal(0, await second.ExitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("500 failure", $"{(await world.CallAsync()).Final}");
        await using OwnProcess third = Start(world, backend);
        await world.GatewayIsConnectedAsync(3);
        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task NextGateway_ThatComesWhileTheOnlyOneDrains_TakesTheCalls()
    {
        var answer = new TaskCompletionSource();
        await using var backend = new Backend();
        backend.FirstThen(async call =>
        {
            await answer.Task;
            await Backend.AnswersAsync(call);
        });
        await using var other = new Backend();
        await using SipWorld world = await SipWorld.StartAsync(TimeSpan.FromSeconds(15));
        await using OwnProcess first = Start(world, backend);
        await world.GatewayIsConnectedAsync();
        Task<SipCall> waiting = world.CallAsync();
        await backend.IsAskedAsync();

        await first.SignalAsync("TERM");
        await first.Log.Contains("draining");
        await using OwnProcess second = Start(world, other);
        await world.GatewayIsConnectedAsync(2);
        Assert.All(await world.LoadAsync(Rate, Rate), call => Assert.Equal(Good, $"{call.Final}"));
        Assert.Equal(Rate, other.Requests.Count);

        answer.SetResult();
        Assert.Equal(Good, $"{(await waiting).Final}");
        Assert.Equal(0, await first.ExitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
        world.AssertNoneResumedTwice();
    }

    private static Backend Slow() => new() { Behave = Backend.After(TimeSpan.FromMilliseconds(100)) };

    private static OwnProcess Start(SipWorld world, Backend backend) => OwnTool.Start(
        "gateway", "--evapi", world.Evapi, "--servers", backend.Address, "--timeout", "12s", "--total", "12s", "--drain", "15s");
}
