namespace Rx.JsonRpc.Tests.Listening;

public class SilenceTests
{
    private const string Call = """{"method":"m","id":1}""";

    [Fact]
    public void MaxConnections_Newcomer_ReplacesTheOneThatHasBeenSilentLongest()
    {
        Host host = Host.Echoing(new() { MaxConnections = 3 });
        RawPeer[] peers = [.. Enumerable.Range(0, 3).Select(_ => ConnectLater(host))];
        // The first one speaks, and the second has been silent longest then.
        peers[0].Ask(Call);
        host.Clock.AdvanceBy(1);

        RawPeer newcomer = host.Connect();

        Assert.NotNull(newcomer.Ask(Call));
        Assert.Equal(3, host.Listener.ConnectionCount);
        host.Clock.AdvanceBy(TimeSpan.FromMinutes(1).Ticks);
        Assert.Equal([false, true, false], peers.Select(peer => peer.SeesEnd));
        Assert.Contains("MaxConnections", Assert.Single(host.Changes, change => change.State == ListenerConnectionState.Disconnected).Reason);
        Assert.Equal(0, host.Listener.Counters.ConnectionsRefused);
    }

    [Fact]
    public void MaxConnections_SilentOneIsReplacedWhileACallIsOnTheWire_RefusesTheCallAsNotExecuted()
    {
        Host host = Host.Keeping(new() { MaxConnections = 1 });
        RawPeer silent = host.Connect();

        RawPeer newcomer = host.Connect();
        string? refusal = silent.Ask(Call);

        Assert.Contains("""{"executed":false,"leaving":true}""", refusal);
        Assert.Empty(host.Calls);
        newcomer.Send(Call);
        Assert.Single(host.Calls);
        Assert.Equal(1, host.Listener.ConnectionCount);
        host.Clock.AdvanceBy(TimeSpan.FromMilliseconds(500).Ticks);
        Assert.True(silent.SeesEnd);
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(6).Ticks);
        Assert.Single(host.Changes, change => change.State == ListenerConnectionState.Disconnected);
        Assert.False(newcomer.SeesEnd);
    }

    [Fact]
    public void MaxConnections_ManyAreReplacedAtOnce_KeepsAFewAndClosesTheOthers()
    {
        Host host = Host.Echoing(new() { MaxConnections = 10 });
        RawPeer[] peers = [.. Enumerable.Range(0, 110).Select(_ => ConnectLater(host))];

        Assert.Equal(36, peers.Count(peer => peer.SeesEnd));
        Assert.Equal(10, host.Listener.ConnectionCount);
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(6).Ticks);
        Assert.Equal(100, host.Changes.Count(change => change.State == ListenerConnectionState.Disconnected));
        Assert.All(host.Changes, change => Assert.InRange(change.Connections, 0, 10));
    }

    [Fact]
    public async Task StopAsync_ReplacedOneIsStillThere_WaitsForItsEnd()
    {
        Host host = Host.Echoing(new() { MaxConnections = 1 });
        RawPeer silent = host.Connect();
        RawPeer newcomer = host.Connect();

        Task stopped = host.Listener.StopAsync(TimeSpan.FromSeconds(2)).AsTask();
        newcomer.EndSending();
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Single(host.Changes, change => change.State == ListenerConnectionState.Disconnected);
        silent.EndSending();
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);

        await stopped.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(2, host.Changes.Count(change => change.State == ListenerConnectionState.Disconnected));
    }

    [Fact]
    public void MaxConnections_AllHaveOpenCalls_NewcomerIsTurnedAway()
    {
        Host host = Host.Keeping(new() { MaxConnections = 2 });
        RawPeer first = ConnectLater(host).Send(Call);
        RawPeer second = ConnectLater(host).Send(Call);

        host.Connect();
        Assert.Equal(1, host.Listener.Counters.ConnectionsRefused);

        host.Calls[1].TryAnswer(default);
        host.Connect();
        host.Clock.AdvanceBy(TimeSpan.FromMinutes(1).Ticks);
        Assert.Equal((false, true), (first.SeesEnd, second.Read() is not null && second.SeesEnd));
    }

    [Fact]
    public void MaxConnections_ManySilentOnes_LetEachRealClientIn()
    {
        Host host = Host.Echoing(new() { MaxConnections = 16 });
        for (int i = 0; i < 16; i++) ConnectLater(host);
        for (int i = 0; i < 8; i++)
        {
            RawPeer client = ConnectLater(host);
            Assert.NotNull(client.Ask(Call));
            ConnectLater(host);
            Assert.NotNull(client.Ask(Call));
        }
        Assert.Equal(0, host.Listener.Counters.ConnectionsRefused);
    }

    [Fact]
    public void FirstFrameTimeout_NoFrame_IsClosedAndOneThatSpokeIsNot()
    {
        Host host = Host.Echoing(new() { FirstFrameTimeout = TimeSpan.FromSeconds(10) });
        RawPeer spoke = host.Connect();
        spoke.Ask(Call);
        RawPeer silent = host.Connect();
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(10).Ticks - 1);
        Assert.False(silent.SeesEnd);

        host.Clock.AdvanceBy(1);

        Assert.True(silent.SeesEnd);
        Assert.Contains("FirstFrameTimeout", host.Changes[^1].Reason);
        host.Clock.AdvanceBy(TimeSpan.FromDays(9).Ticks);
        Assert.False(spoke.SeesEnd);
    }

    [Fact]
    public void IdleTimeout_NothingForThatLong_IsClosed()
    {
        Host host = Host.Echoing(new() { IdleTimeout = TimeSpan.FromSeconds(10) });
        RawPeer peer = host.Connect();
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(6).Ticks);
        peer.Ask(Call);
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(10).Ticks - 1);
        Assert.False(peer.SeesEnd);

        host.Clock.AdvanceBy(1);

        Assert.True(peer.SeesEnd);
        Assert.Contains("IdleTimeout", host.Changes[^1].Reason);
    }

    [Fact]
    public void IdleTimeout_CallInFlight_IsKeptUntilItWasAnswered()
    {
        Host host = Host.Keeping(new() { IdleTimeout = TimeSpan.FromSeconds(10) });
        RawPeer peer = host.Connect().Send(Call);
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(95).Ticks);
        Assert.False(peer.SeesEnd);
        host.Calls[0].TryAnswer(default);
        peer.Read();

        host.Clock.AdvanceBy(TimeSpan.FromSeconds(5).Ticks - 1);
        Assert.False(peer.SeesEnd);
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(15).Ticks);
        Assert.True(peer.SeesEnd);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(0)]
    public void Timeouts_Long_AreKept(int days)
    {
        TimeSpan limit = days == 0 ? TimeSpan.MaxValue : TimeSpan.FromDays(days);
        Host first = Host.Echoing(new() { FirstFrameTimeout = limit });
        Host idle = Host.Echoing(new() { IdleTimeout = limit });
        RawPeer[] peers = [first.Connect(), idle.Connect()];
        foreach (Host host in new[] { first, idle }) host.Clock.AdvanceBy(TimeSpan.FromDays(60).Ticks - 1);
        Assert.All(peers, peer => Assert.False(peer.SeesEnd));

        foreach (Host host in new[] { first, idle }) host.Clock.AdvanceBy(1);

        Assert.All(peers, peer => Assert.Equal(days != 0, peer.SeesEnd));
    }

    [Fact]
    public void Timeouts_OffByDefault_LeaveNothingOnTheClock()
    {
        Host host = Host.Echoing();
        RawPeer peer = host.Connect();
        host.Clock.AdvanceBy(TimeSpan.FromDays(400).Ticks);

        Assert.False(peer.SeesEnd);
    }

    private static RawPeer ConnectLater(Host host)
    {
        host.Clock.AdvanceBy(1);
        return host.Connect();
    }
}
