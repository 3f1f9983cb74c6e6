using System.Net;
using System.Net.Sockets;
using static Rx.JsonRpc.Tests.Listening.ProtocolTests;

namespace Rx.JsonRpc.Tests.Listening;

/// <summary>A planned stop: what is refused and how, until when, and when each side ends. The grace is 500 ms.</summary>
public class StoppingTests
{
    private const string Call = """{"method":"m","id":1}""";
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(1);

    private readonly Host _host = Host.Keeping();

    [Fact]
    public void StopAsync_CallOnTheWire_IsRefusedInWordsThatSaySo()
    {
        RawPeer peer = _host.Connect();
        _ = _host.Listener.StopAsync(Patient).AsTask();
        Advance(499);

        Assert.Equal(Refusal("1"), peer.Ask(Call));
        Assert.Empty(_host.Calls);
        Assert.Equal(1, _host.Listener.Counters.CallsRefused);
    }

    [Fact]
    public void StopAsync_CallsOnTheWireInABatch_AreRefusedOneByOne()
    {
        RawPeer peer = _host.Connect();
        _ = _host.Listener.StopAsync(Patient).AsTask();

        Assert.Equal($"[{Refusal("1")},{Refusal("2")}]", peer.Ask("""[{"method":"a","id":1},{"method":"b","id":2}]"""));
    }

    [Fact]
    public void StopAsync_NotificationOnTheWire_IsCarriedOut()
    {
        RawPeer peer = _host.Connect();
        _ = _host.Listener.StopAsync(Patient).AsTask();
        Advance(499);

        Assert.Null(peer.Ask("""{"method":"n"}"""));
        Assert.Equal("n", Assert.Single(_host.Calls).Method);
        Assert.Equal(0, _host.Listener.Counters.CallsRefused);
    }

    [Fact]
    public async Task StopAsync_PeerSendsNothing_SeesTheEndWhenTheGraceIsOver()
    {
        RawPeer peer = _host.Connect();
        Task stopped = _host.Listener.StopAsync(Patient).AsTask();

        Advance(499);
        Assert.False(peer.SeesEnd);
        Advance(1);
        Assert.True(peer.SeesEnd);
        Advance(10_000);
        Assert.False(stopped.IsCompleted);
        peer.EndSending();

        await Ended(stopped);
    }

    [Fact]
    public async Task StopAsync_PeerClosesAfterARefusal_DoesNotWaitForTheGrace()
    {
        RawPeer peer = _host.Connect();
        Task stopped = _host.Listener.StopAsync(Patient).AsTask();
        peer.Ask(Call);

        peer.EndSending();

        await Ended(stopped);
        Assert.True(peer.SeesEnd);
        Assert.Equal(0, _host.Clock.Clock);
    }

    [Fact]
    public void StopAsync_CallInFlightPastTheGrace_IsAnsweredAndWhatComesMeanwhileIsRefused()
    {
        RawPeer peer = _host.Connect().Send(Call);
        _ = _host.Listener.StopAsync(Patient).AsTask();
        Advance(5_000);

        Assert.Equal(Refusal("2"), peer.Ask("""{"method":"n","id":2}"""));
        Assert.False(peer.SeesEnd);
        Assert.True(_host.Calls[0].TryAnswer(default));

        Assert.Equal(Reply("null", "1"), peer.Read());
        Advance(499);
        Assert.False(peer.SeesEnd);
        Advance(1);
        Assert.True(peer.SeesEnd);
    }

    [Theory]
    [InlineData(499)]
    [InlineData(5_000)]
    public void StopAsync_PeerCallsAgainWhenItHasItsReply_IsRefusedAndNotCutOff(int answeredAfter)
    {
        RawPeer peer = _host.Connect().Send(Call);
        _ = _host.Listener.StopAsync(Patient).AsTask();
        Advance(answeredAfter);
        Assert.True(_host.Calls[0].TryAnswer(default));
        Assert.Equal(Reply("null", "1"), peer.Read());
        Advance(499);

        Assert.Equal(Refusal("2"), peer.Ask("{\"method\":\"n\",\"id\":2}"));
    }

    [Theory]
    [InlineData(Call)]
    [InlineData("{\"method\":\"n\"}")]
    public void StopAsync_PeerThatIsRefusedOrOnlyNotifies_DoesNotMakeTheGraceLonger(string frame)
    {
        Host host = Host.Echoing();
        RawPeer peer = host.Connect();
        _ = host.Listener.StopAsync(Patient).AsTask();
        host.Clock.AdvanceBy(TimeSpan.FromMilliseconds(499).Ticks);
        peer.Ask(frame);

        host.Clock.AdvanceBy(TimeSpan.FromMilliseconds(1).Ticks);

        Assert.True(peer.SeesEnd);
    }

    [Theory]
    [InlineData(400, 200)]
    [InlineData(1000, 500)]
    [InlineData(3000, 500)]
    public async Task StopAsync_Limit_IsNeverBelowTwiceTheGrace(int limit, int grace)
    {
        RawPeer peer = _host.Connect();
        Task stopped = _host.Listener.StopAsync(TimeSpan.FromMilliseconds(limit)).AsTask();

        Advance(grace - 1);
        Assert.False(peer.SeesEnd);
        Advance(1);
        Assert.True(peer.SeesEnd);
        Advance(limit - grace - 1);
        Assert.False(stopped.IsCompleted);
        Advance(1);

        await Ended(stopped);
    }

    [Fact]
    public void StopAsync_WithoutGrace_EndsAnIdleConnectionAtOnce()
    {
        Host host = Host.Keeping(new() { StopGrace = TimeSpan.Zero });
        RawPeer peer = host.Connect();

        _ = host.Listener.StopAsync(Patient).AsTask();

        Assert.True(peer.SeesEnd);
    }

    [Fact]
    public Task StopAsync_NobodyConnected_CompletesAtOnce() => Ended(_host.Listener.StopAsync(Patient).AsTask());

    [Fact]
    public async Task StopAsync_NeverStarted_CompletesAtOnceAndResetsWhoConnected()
    {
        var host = new Host();
        RawPeer peer = host.Connect();

        await Ended(host.Listener.StopAsync(Patient).AsTask());

        Assert.Throws<SocketException>(() => peer.SeesEnd);
    }

    [Fact]
    public async Task StopAsync_ConnectedButNotYetAccepted_IsRefusedToo()
    {
        await using var listener = new JsonRpcListener(new IPEndPoint(IPAddress.Loopback, 0), new() { StopGrace = TimeSpan.FromSeconds(10) });
        var peers = new List<TcpClient>();
        for (int i = 0; i < 20; i++)
        {
            peers.Add(new TcpClient());
            await peers[i].ConnectAsync((IPEndPoint)listener.LocalEndPoint);
            await peers[i].GetStream().WriteAsync("21:{\"method\":\"m\",\"id\":1},"u8.ToArray());
        }

        listener.Calls.Subscribe(call => call.TryAnswer(default));
        listener.Start();
        Task stopped = listener.StopAsync(TimeSpan.FromSeconds(30)).AsTask();

        foreach (TcpClient peer in peers)
        {
            using (peer)
            {
                var reply = new byte[8];
                await peer.GetStream().ReadExactlyAsync(reply).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            }
        }
        await stopped.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Connection_AboveTheBound_ItsCallsAreRefusedAndTheOthersAreNot()
    {
        Host host = Host.Keeping(new() { MaxConnections = 1 });
        RawPeer first = host.Connect().Send(Call);
        RawPeer second = host.Connect();

        Assert.Equal(Refusal("1", "too many connections"), second.Ask(Call));
        Assert.Single(host.Calls).TryAnswer(default);
        Assert.Equal(Reply("null", "1"), first.Read());
        second.EndSending();
        Assert.True(second.SeesEnd);
        Assert.Equal(["Connected: accepted", "Refused: there are 1 connections already"], host.Reasons);
    }

    [Fact]
    public void Connection_AboveTheBound_StaysAndIsClosedByForceAfterTwiceTheGrace()
    {
        Host host = Host.Keeping(new() { MaxConnections = 1 });
        host.Connect().Send(Call);
        RawPeer second = host.Connect();
        host.Clock.AdvanceBy(TimeSpan.FromMilliseconds(500).Ticks);
        Assert.True(second.SeesEnd);

        second.Send(Call);

        host.Clock.AdvanceBy(TimeSpan.FromMilliseconds(500).Ticks);

        second.Send(Call);
        Assert.Equal(1 + 1, host.Listener.Counters.Calls);
    }

    [Fact]
    public void Connections_FarAboveTheBound_AreClosedAtOnce()
    {
        Host host = Host.Keeping(new() { MaxConnections = 1 });
        host.Connect().Send(Call);
        List<RawPeer> turnedAway = [.. Enumerable.Range(0, 70).Select(_ => host.Connect())];

        Assert.Equal(6, turnedAway.Count(peer => peer.SeesEnd));
        Assert.Equal(70, host.Listener.Counters.ConnectionsRefused);
    }

    [Fact]
    public async Task StopAsync_WhileOneIsTurnedAway_WaitsForItToo()
    {
        Host host = Host.Keeping(new() { MaxConnections = 1 });
        RawPeer first = host.Connect().Send(Call);
        RawPeer second = host.Connect();
        Task stopped = host.Listener.StopAsync(Patient).AsTask();
        host.Calls[0].TryAnswer(default);
        first.EndSending();

        Assert.False(stopped.IsCompleted);
        second.EndSending();

        await Ended(stopped);
    }

    [Fact]
    public void TryRefuse_ACall_IsAnsweredAsNotExecutedOnce()
    {
        RawPeer peer = _host.Connect().Send(Call);

        Assert.True(_host.Calls[0].TryRefuse("no disk"));
        Assert.False(_host.Calls[0].TryRefuse("no disk"));

        Assert.Equal(
            """{"jsonrpc":"2.0","error":{"code":-32090,"message":"Not executed: no disk","data":{"executed":false}},"id":1}""", peer.Read());
        Assert.Null(peer.Read());
        Assert.Equal(1, _host.Listener.Counters.CallsRefused);
    }

    internal static string Refusal(string id, string why = "the server is stopping") =>
        $$$"""{"jsonrpc":"2.0","error":{"code":-32090,"message":"Not executed: {{{why}}}","data":{"executed":false,"leaving":true}},"id":{{{id}}}}""";

    private static Task Ended(Task stopped) => stopped.WaitAsync(TimeSpan.FromSeconds(20));

    private void Advance(int milliseconds) => _host.Clock.AdvanceBy(TimeSpan.FromMilliseconds(milliseconds).Ticks);
}
