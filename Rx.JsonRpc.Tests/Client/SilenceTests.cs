using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>Both servers of a pool fall silent for two seconds, connections up, and answer late what they were asked.</summary>
public class SilenceTests
{
    private const int Calls = 2000;

    private static readonly RequestPolicy Waiting = new()
    {
        TryTimeout = TimeSpan.FromMilliseconds(500),
        TotalTimeout = TimeSpan.FromSeconds(4),
        WhenDisconnected = WhenDisconnected.Wait,
        Replay = Replay.Always,
    };

    private readonly ClientInVirtualTime _world = new();

    /// <summary>What the gateway's documentation says to set, so that no call is lost.</summary>
    [Fact]
    public void BothServersSilentForTwoSeconds_RoundsForEver_LoseNoCall() =>
        Assert.Equal(0, Failed(Waiting with { Retries = -1 }, replaysSaved: 10_000));

    /// <summary>One round has no time left for servers that come back after it.</summary>
    [Fact]
    public void BothServersSilentForTwoSeconds_OneRound_LosesCalls() =>
        Assert.InRange(Failed(Waiting, replaysSaved: 10_000), 100, 400);

    /// <summary>The usual budget of a client does not pay for as many replays.</summary>
    [Fact]
    public void BothServersSilentForTwoSeconds_UsualRetryBudget_LosesCalls() =>
        Assert.InRange(Failed(Waiting with { Retries = -1 }, replaysSaved: 100), 1, 400);

    /// <summary>200 calls a second for 10 s, the silence from 3 s to 5 s.</summary>
    private int Failed(RequestPolicy policy, int replaysSaved)
    {
        JsonRpcClient client = _world.Client("a b", options => options with { RetryBudget = GatewayPool.RetryBudget(replaysSaved) });
        var answers = new List<Answers<RawJson>>();
        for (int i = 0; i < Calls; i++)
        {
            _world.AdvanceTo(5 * i);
            if (i == 600) Silence(true);
            if (i == 1000) Silence(false);
            answers.Add(_world.Subscribe(client.Request("m", policy: policy)));
        }
        _world.AdvanceTo(_world.Now + 5000);
        return answers.Count(answer => answer.Error is not null);
    }

    private void Silence(bool silent)
    {
        foreach (string server in new[] { "a", "b" })
        {
            if (silent) _world.Network.At(server).BlackHole();
            else _world.Network.At(server).Heal();
        }
    }
}
