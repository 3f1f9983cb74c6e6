using System.Reactive.Linq;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Listening.ProtocolTests;

namespace Rx.JsonRpc.Tests.Listening;

public class ClosingTests
{
    private const string Call = """{"method":"m","id":1}""";

    [Fact]
    public void HalfClosedPeer_CallInFlight_StillAnsweredThenClosed()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send(Call);
        peer.EndSending();
        Assert.Equal(1, host.Listener.ConnectionCount);
        Assert.False(peer.SeesEnd);
        Assert.False(host.Calls[0].Disconnected.IsCancellationRequested);

        Assert.True(host.Calls[0].TryAnswer(default));

        Assert.Equal(Reply("null", "1"), peer.Read());
        Assert.True(peer.SeesEnd);
        Assert.Equal(0, host.Listener.ConnectionCount);
        Assert.True(host.Calls[0].Disconnected.IsCancellationRequested);
        Assert.Equal("Disconnected: the peer closed the connection", host.Reasons.Last());
        host.Clock.AdvanceBy(TimeSpan.FromMinutes(1).Ticks);
        Assert.Equal(2, host.Changes.Count);
    }

    [Fact]
    public void HalfClosedPeer_NothingInFlight_ClosedAtOnce()
    {
        Host host = Host.Echoing();
        RawPeer peer = host.Connect().Send(Call);
        peer.EndSending();

        Assert.Equal(Reply("null", "1"), peer.Read());
        Assert.True(peer.SeesEnd);
        Assert.Equal(0, host.Listener.ConnectionCount);
    }

    [Fact]
    public void HalfClosedPeer_NeverAnswered_ClosedAtTheLimit()
    {
        Host host = Host.Keeping(new() { HalfClosedLimit = TimeSpan.FromSeconds(2) });
        RawPeer peer = host.Connect().Send(Call);
        peer.EndSending();

        host.Clock.AdvanceBy(TimeSpan.FromSeconds(2).Ticks - 1);
        Assert.Equal(1, host.Listener.ConnectionCount);
        host.Clock.AdvanceBy(1);

        Assert.Equal(0, host.Listener.ConnectionCount);
        Assert.True(peer.SeesEnd);
        Assert.False(host.Calls[0].TryAnswer(default));
    }

    [Fact]
    public void HalfClosedPeer_LimitZero_ClosedAtOnce()
    {
        Host host = Host.Keeping(new() { HalfClosedLimit = TimeSpan.Zero });
        RawPeer peer = host.Connect().Send(Call);
        peer.EndSending();

        Assert.True(host.Calls[0].Disconnected.IsCancellationRequested);
        Assert.True(peer.SeesEnd);
    }

    [Fact]
    public void HalfClosedPeer_GoneWhenItIsAnswered_EndsTheConnection()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send(Call);
        peer.EndSending();
        peer.Reset();

        host.Calls[0].TryAnswer(default);

        Assert.Equal(0, host.Listener.ConnectionCount);
        Assert.True(host.Calls[0].Disconnected.IsCancellationRequested);
    }

    [Fact]
    public void HalfClosedPeer_AnsweredAtThatMoment_GetsTheReplyAndTheEnd()
    {
        Host host = Host.Keeping();
        Race.Run(
            2_000,
            () =>
            {
                host.Calls.Clear();
                return host.Connect().Send(Call);
            },
            peer => peer.EndSending(),
            _ => Assert.True(host.Calls[0].TryAnswer(default)),
            peer =>
            {
                Assert.Equal(Reply("null", "1"), peer.Read());
                Assert.True(peer.SeesEnd);
                Assert.Equal(0, host.Listener.ConnectionCount);
            });
    }

    [Fact]
    public void StopAsync_AnsweredAtThatMoment_PeerGetsTheReplyAndTheEnd()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect();
        Race.Run(
            500,
            () =>
            {
                host = Host.Keeping();
                return peer = host.Connect().Send(Call);
            },
            __ => _ = host.Listener.StopAsync(TimeSpan.FromSeconds(5)).AsTask(),
            _ => Assert.True(host.Calls[0].TryAnswer(default)),
            _ =>
            {
                Assert.Equal(Reply("null", "1"), peer.Read());
                host.Clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
                Assert.True(peer.SeesEnd);
                peer.EndSending();
                Assert.Equal(0, host.Listener.ConnectionCount);
            });
    }

    [Fact]
    public void HalfClosedPeer_InsideAFrame_IsALostConnection()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send(Call).SendRaw("10:abc");
        peer.EndSending();

        Assert.Equal(0, host.Listener.ConnectionCount);
        Assert.Contains("it ended inside a frame", host.Changes[^1].Reason);
    }

    [Fact]
    public async Task DisposeAsync_CallThatComesMeanwhile_StaysUnanswered()
    {
        Host host = Host.Keeping();
        host.Connect();
        RawPeer other = host.Connect().Send(Call);
        var heard = new List<string?>();
        // The first connection has ended, and the other one not yet.
        host.Listener.Connections.Take(1).Subscribe(_ => heard.Add(other.Send("""{"method":"n","id":2}""").Read()));

        await host.Listener.DisposeAsync();

        Assert.Equal([null], heard);
    }

    [Fact]
    public async Task StopAsync_CallInFlight_AnsweredNewOnesRefused()
    {
        Host host = Host.Keeping();
        RawPeer busy = host.Connect().Send(Call);
        RawPeer idle = host.Connect();

        Task stopped = host.Listener.StopAsync(TimeSpan.FromSeconds(5)).AsTask();

        Assert.False(idle.SeesEnd);
        Assert.Equal(StoppingTests.Refusal("2"), busy.Ask("""{"method":"n","id":2}"""));
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.True(idle.SeesEnd);
        Assert.False(busy.SeesEnd);
        Assert.True(host.Calls[0].TryAnswer(default));
        Assert.Equal(Reply("null", "1"), busy.Read());
        Assert.False(busy.SeesEnd);
        host.Clock.AdvanceBy(TimeSpan.FromMilliseconds(500).Ticks);
        Assert.True(busy.SeesEnd);
        Assert.False(stopped.IsCompleted);
        busy.EndSending();
        idle.EndSending();
        await stopped.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Throws<System.Net.Sockets.SocketException>(() => host.Connect());
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 1)]
    public async Task StopAsync_NoLimitToSpeakOf_WaitsForThePeer(long limit)
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send(Call);

        Task stopped = host.Listener.StopAsync(TimeSpan.FromTicks(limit)).AsTask();
        Assert.False(stopped.IsCompleted);
        host.Calls[0].TryAnswer(default);
        peer.EndSending();

        await stopped;
    }

    [Fact]
    public void StopAsync_RacesWithAPeerThatConnects_ItsBeginningIsToldBeforeItsEnd() => Race.Run(
        3000,
        () => Host.Keeping(),
        host =>
        {
            try
            {
                host.Connect();
            }
            catch (Exception refused) when (refused is IOException or System.Net.Sockets.SocketException)
            {
                // It came too late.
            }
        },
        host => _ = host.Listener.StopAsync(TimeSpan.Zero).AsTask(),
        host => Assert.Contains(
            string.Join(' ', host.Changes.Select(change => change.State)), new[] { "", "Refused", "Connected", "Connected Disconnected" }));

    [Fact]
    public async Task StopAsync_PeerStays_ClosedAtTheLimit()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send(Call);
        Task stopped = host.Listener.StopAsync(TimeSpan.FromSeconds(5)).AsTask();

        host.Clock.AdvanceBy(TimeSpan.FromSeconds(5).Ticks - 1);
        Assert.Equal(1, host.Listener.ConnectionCount);
        host.Clock.AdvanceBy(1);

        await stopped.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.True(peer.SeesEnd);
        Assert.False(host.Calls[0].TryAnswer(default));
        Assert.Equal("Disconnected: the listener has stopped", host.Reasons.Last());
    }

    [Fact]
    public async Task DisposeAsync_CallInFlight_ClosedAtOnceAndObservablesEnd()
    {
        Host host = Host.Keeping();
        int ended = 0;
        host.Listener.Calls.Subscribe(_ => { }, () => ended++);
        host.Listener.Connections.Subscribe(_ => { }, () => ended++);
        host.Listener.Failures.Subscribe(_ => { }, () => ended++);
        RawPeer peer = host.Connect().Send(Call);

        await host.Listener.DisposeAsync();
        await host.Listener.DisposeAsync();

        Assert.True(peer.SeesEnd);
        Assert.Equal(3, ended);
        Assert.Equal(["Connected: accepted", "Disconnected: the listener has stopped"], host.Reasons);
        Assert.Throws<ObjectDisposedException>(() => host.Listener.Start());
    }

    [Fact]
    public async Task DisposeAsync_WhileStopping_EndsBoth()
    {
        Host host = Host.Keeping();
        host.Connect().Send(Call);
        Task stopped = host.Listener.StopAsync(TimeSpan.FromSeconds(5)).AsTask();

        await host.Listener.DisposeAsync();

        await stopped.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Start_Twice_Throws() => Assert.Throws<InvalidOperationException>(() => Host.Keeping().Listener.Start());
}
