namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>Something dies or stands still while calls come in. Each gets a final answer, and none is resumed twice.</summary>
[Collection(nameof(RealKamailio))]
public sealed class UnderLoadTests
{
    private const string Good = "200 {\"user\":1}";
    private const string Idempotent = "X-Idempotent: 1";
    private const int Rate = 200;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AWhile = TimeSpan.FromMilliseconds(100);
    private static readonly RequestPolicy Usual = new() { TotalTimeout = TimeSpan.FromSeconds(3) };

    [Fact]
    public async Task ManyInFlight_AreAllAnswered()
    {
        await using var backend = new Backend { Behave = Backend.After(TimeSpan.FromSeconds(3)) };
        await using SipWorld world = await SipWorld.StartAsync(TimeSpan.FromSeconds(15));
        await world.ServeAsync([backend.Address], new RequestPolicy { TryTimeout = TimeSpan.FromSeconds(12), TotalTimeout = TimeSpan.FromSeconds(12) });

        // Three seconds each at 300 a second: 900 wait at a time.
        IReadOnlyList<SipCall> calls = await world.LoadAsync(300, 1_200);

        AssertAllGood(calls);
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task OneOfTwoServers_Killed_LosesNoIdempotentCall()
    {
        await using var first = new Backend { Behave = Backend.After(AWhile) };
        await using var second = new Backend { Behave = Backend.After(AWhile) };
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([first.Address, second.Address], Usual);
        Task<IReadOnlyList<SipCall>> load = world.LoadAsync(Rate, 4 * Rate, Idempotent);

        await Task.Delay(OneSecond);
        await first.KillAsync();
        await Task.Delay(OneSecond);
        first.StartAgain();

        AssertAllGood(await load);
        world.AssertNoneResumedTwice();
        Assert.True(first.Requests.Count > 0 && second.Requests.Count > 2 * Rate);
    }

    [Fact]
    public async Task OneOfTwoServers_Killed_TellsCallsThatMayHaveRunAsFailures()
    {
        await using var first = new Backend { Behave = Backend.After(AWhile) };
        await using var second = new Backend { Behave = Backend.After(AWhile) };
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([first.Address, second.Address], Usual);
        Task<IReadOnlyList<SipCall>> load = world.LoadAsync(Rate, 3 * Rate);

        await Task.Delay(OneSecond);
        await first.KillAsync();

        IReadOnlyList<SipCall> calls = await load;
        Assert.All(calls, call => Assert.Contains($"{call.Final}", new[] { Good, "500 failure" }));
        // Those that were with it at that moment, and no others.
        Assert.InRange(calls.Count(call => call.Final.Status == 500), 0, Rate);
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task BothServers_DownForTwoSeconds_LoseNoCallThatIsToldToWait()
    {
        await using var first = new Backend();
        await using var second = new Backend();
        await using SipWorld world = await SipWorld.StartAsync(TimeSpan.FromSeconds(12));
        await world.ServeAsync([first.Address, second.Address], new RequestPolicy { TotalTimeout = TimeSpan.FromSeconds(10), WhenDisconnected = WhenDisconnected.Wait });
        Task<IReadOnlyList<SipCall>> load = world.LoadAsync(Rate, 4 * Rate, Idempotent);

        await Task.Delay(OneSecond);
        await first.KillAsync();
        await second.KillAsync();
        await Task.Delay(2 * OneSecond);
        first.StartAgain();
        second.StartAgain();

        AssertAllGood(await load);
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task OneOfTwoServers_SilentForAWhile_LosesNoIdempotentCall()
    {
        await using var first = new Backend();
        await using var second = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([first.Address, second.Address], Usual);
        Task<IReadOnlyList<SipCall>> load = world.LoadAsync(Rate, 5 * Rate, Idempotent);

        await Task.Delay(OneSecond);
        int unanswered = 0;
        first.Behave = _ =>
        {
            Interlocked.Increment(ref unanswered);
            return Task.CompletedTask;
        };
        await Task.Delay(3 * OneSecond);
        first.Behave = Backend.AnswersAsync;

        AssertAllGood(await load);
        world.AssertNoneResumedTwice();
        // Until it was ejected, and when it was tried again; every other call of these three seconds would have gone to it.
        Assert.InRange(unanswered, 1, Rate);
    }

    [Fact]
    public async Task OneOfTwoServers_BlackHoled_LosesNoIdempotentCall()
    {
        var never = new TaskCompletionSource();
        await using var first = new Backend();
        await using var second = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([first.Address, second.Address], Usual);
        Task<IReadOnlyList<SipCall>> load = world.LoadAsync(Rate, 4 * Rate, Idempotent);

        await Task.Delay(OneSecond);
        // Nothing is read any more, and nothing comes.
        first.Behave = _ => never.Task;

        AssertAllGood(await load);
        world.AssertNoneResumedTwice();
        never.SetResult();
    }

    [Fact]
    public async Task OneOfTwoServers_Frozen_LosesNoIdempotentCall()
    {
        await using var second = new Backend();
        await using SipWorld world = await SipWorld.StartAsync();
        await using OwnProcess first = OwnTool.Start("serve", "--listen", "127.0.0.1:0");
        string address = await OwnTool.ListeningAsync(first);
        await world.ServeAsync([address, second.Address], Usual);
        Task<IReadOnlyList<SipCall>> load = world.LoadAsync(Rate, 4 * Rate, Idempotent);

        await Task.Delay(OneSecond);
        await first.SignalAsync("STOP");
        await Task.Delay(2 * OneSecond);
        await first.SignalAsync("CONT");

        Assert.All(await load, call => Assert.Equal(200, call.Final.Status));
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task Gateway_KilledAndRestarted_LeavesNoCallWithoutAnAnswer()
    {
        await using var backend = new Backend { Behave = Backend.After(AWhile) };
        await using SipWorld world = await SipWorld.StartAsync();
        string[] arguments = ["gateway", "--evapi", world.Evapi, "--servers", backend.Address, "--timeout", "3s", "--total", "3s"];
        await using OwnProcess first = OwnTool.Start(arguments);
        await world.GatewayIsConnectedAsync();
        Task<IReadOnlyList<SipCall>> load = world.LoadAsync(Rate, 6 * Rate);

        await Task.Delay(OneSecond);
        await first.KillAsync();
        await using OwnProcess second = OwnTool.Start(arguments);
        await world.GatewayIsConnectedAsync(2);

        IReadOnlyList<SipCall> calls = await load;
        // Those that were with it end by Kamailio's timer, those that come before the next one at the error route.
        Assert.All(calls, call => Assert.Contains($"{call.Final}".Trim(), new[] { Good, "500 failure", "408" }));
        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
        world.AssertNoneResumedTwice();
    }

    [Fact]
    public async Task Kamailio_Restarted_LeavesNoCallWithoutAnAnswer()
    {
        await using var backend = new Backend { Behave = Backend.After(TimeSpan.FromMilliseconds(300)) };
        await using SipWorld world = await SipWorld.StartAsync();
        await world.ServeAsync([backend.Address], Usual);
        Task<IReadOnlyList<SipCall>> load = world.LoadAsync(Rate, 4 * Rate, Idempotent);

        // On a busy machine SIPp takes its time, and Kamailio's processes die one by one.
        await backend.IsAskedAsync();
        await Task.Delay(OneSecond);
        await world.KillKamailioAsync();
        world.StartKamailio();
        await world.GatewayIsConnectedAsync();

        IReadOnlyList<SipCall> calls = await load;
        Assert.All(calls, call => Assert.Contains($"{call.Final}", new[] { Good, "500 failure" }));
        Assert.Equal(Good, $"{(await world.CallAsync()).Final}");
        world.AssertNoneResumedTwice();
        Assert.True(world.Gateway.Counters.Lost > 0);
    }

    private static void AssertAllGood(IReadOnlyList<SipCall> calls) =>
        Assert.Empty(calls.Select(call => call.Final).Where(answer => answer.ToString() != Good).Select(answer => $"{answer} {answer.Error}"));
}
