using static Rx.JsonRpc.Tests.Listening.ProtocolTests;

namespace Rx.JsonRpc.Tests.Listening;

public class TotalBoundsTests
{
    // Of 16,000 bytes each of four connections has 500 for each of four uses; 8,000 are shared.
    private static readonly JsonRpcListenerOptions Small = new() { MaxConnections = 4, MaxTotalBytes = 16_000, MaxFrameBytes = 8000 };

    [Fact]
    public void Calls_OneConnectionTakesAllItCan_IsRefusedAndAnotherIsServed()
    {
        // Half of 80 calls is divided among four connections; one may have half of the rest beside its ten.
        Host host = Host.Keeping(new() { MaxConnections = 4, MaxTotalCalls = 80 });
        RawPeer greedy = host.Connect();
        for (int i = 0; i < 100; i++) greedy.Send("""{"method":"m","id":1}""");
        Assert.Equal(10 + 20, host.Calls.Count);
        Assert.Equal(70, host.Listener.Counters.CallsRefused);

        RawPeer modest = host.Connect();
        for (int i = 0; i < 10; i++) modest.Send("""{"method":"m","id":2}""");
        Assert.Equal(40, host.Calls.Count);

        foreach (IncomingCall call in host.Calls.ToArray()) call.TryAnswer(default);
        Assert.Equal(0, host.Listener.Totals.Calls);
        for (int i = 0; i < 30; i++) greedy.Send("""{"method":"m","id":3}""");
        Assert.Equal(70, host.Calls.Count);
    }

    [Fact]
    public void Parameters_OneConnectionTakesAllItCan_IsRefusedAndAnotherIsServed()
    {
        Host host = Host.Keeping(Small);
        string text = $$"""{"method":"m","params":["{{new string('x', 400)}}"],"id":1}""";
        RawPeer greedy = host.Connect();
        for (int i = 0; i < 100; i++) greedy.Send(text);
        int letIn = host.Calls.Count;
        Assert.InRange(letIn, 8, 11);
        Assert.InRange(host.Listener.Totals.Bytes, 3500, 4000);

        RawPeer modest = host.Connect().Send(text);
        Assert.Equal(letIn + 1, host.Calls.Count);

        greedy.Reset();
        Assert.Equal(0, host.Listener.Totals.Bytes);
        for (int i = 0; i < 7; i++) modest.Send(text);
        Assert.Equal(letIn + 8, host.Calls.Count);
    }

    [Fact]
    public void LongFrame_NoRoom_WaitsUntilThereIsAndOthersGoOn()
    {
        Host host = Host.Keeping(Small);
        string text = $$"""{"method":"m","params":["{{new string('x', 3000)}}"],"id":1}""";
        string frame = $"{text.Length}:{text},";
        RawPeer first = host.Connect().SendRaw(frame[..10]);
        RawPeer second = host.Connect().SendRaw(frame[..10]).SendRaw(frame[10..]);
        Assert.Empty(host.Calls);
        Assert.NotNull(host.Connect().Send("""{"method":"small","id":2}"""));
        Assert.Equal(["small"], host.Calls.Select(call => call.Method));

        first.SendRaw(frame[10..]);
        Assert.Equal(["small", "m"], host.Calls.Select(call => call.Method));
        host.Calls[1].TryAnswer(default);

        Assert.Equal(["small", "m", "m"], host.Calls.Select(call => call.Method));
        host.Calls[2].TryAnswer(default);
        Assert.Equal(Reply("null", "1"), second.Read());
        Assert.Equal(0, host.Listener.Totals.Bytes);
    }

    [Fact]
    public void LongFrame_HolderGoes_TheOneThatWaitsGoesOn()
    {
        Host host = Host.Keeping(Small);
        RawPeer holder = host.Connect().SendRaw("3000:{");
        string text = $$"""{"method":"m","params":["{{new string('x', 3000)}}"],"id":1}""";
        host.Connect().SendRaw($"{text.Length}:").SendRaw($"{text},");
        Assert.Empty(host.Calls);

        holder.Reset();

        Assert.Single(host.Calls);
    }

    [Fact]
    public void LongFrame_WaitsForRoomUntilFrameTimeout_IsClosed()
    {
        Host host = Host.Keeping(Small with { FrameTimeout = TimeSpan.FromSeconds(5) });
        host.Connect().SendRaw("3000:{");
        host.Clock.AdvanceBy(1);
        RawPeer waits = host.Connect().SendRaw("3000:{");
        host.Clock.AdvanceBy(TimeSpan.FromSeconds(5).Ticks - 1);
        Assert.False(waits.SeesEnd);
        Assert.Equal(1, host.Listener.ConnectionCount);

        host.Clock.AdvanceBy(1);

        Assert.True(waits.SeesEnd);
        Assert.Equal(0, host.Listener.Totals.Bytes);
    }

    [Fact]
    public void Replies_ThatNobodyReads_CloseTheConnectionThatHoldsMost()
    {
        Host host = Host.Echoing(new() { MaxConnections = 4, MaxTotalBytes = 1_600_000 });
        RawPeer[] deaf = [host.Connect(), host.Connect(), host.Connect()];
        RawPeer reader = host.Connect();
        string Ask(int length) => $$"""{"method":"m","params":["{{new string('x', length)}}"],"id":1}""";
        long most = 0;
        for (int round = 0; round < 12; round++)
        {
            for (int i = 0; i < deaf.Length; i++)
            {
                // The first one leaves a little more unread than the others.
                if (!deaf[i].SeesEnd && host.Listener.ConnectionCount == 4) deaf[i].Send(Ask(50_000 - (1000 * i)));
                most = Math.Max(most, host.Listener.Totals.Bytes);
            }
            Assert.Contains("xxx", reader.Ask(Ask(20_000)));
        }

        Assert.InRange(most, 500_000, 1_600_000 - (4 * 4 * 16_384));
        ListenerConnectionChange closed = Assert.Single(host.Changes, change => change.State == ListenerConnectionState.Disconnected);
        Assert.Contains("MaxTotalBytes", closed.Reason);
        Assert.False(reader.SeesEnd);
        foreach (RawPeer peer in deaf) peer.Reset();
        Assert.Equal(0, host.Listener.Totals.Bytes);
    }

    [Fact]
    public void Reply_LargeAndOthersHoldLittle_ClosesNoneOfThem()
    {
        // 1,075,712 bytes are shared.
        Host host = Host.Keeping(new() { MaxConnections = 8, MaxTotalBytes = 1_600_000 });
        for (int i = 0; i < 6; i++)
        {
            host.Connect().Send("""{"method":"m","id":1}""");
            host.Calls[i].TryAnswer(RawJson.Parse($"\"{new string('x', 80_000)}\""));
        }
        Assert.InRange(host.Listener.Totals.Bytes, 300_000, 400_000);
        RawPeer peer = host.Connect().Send("""{"method":"m","id":1}""");

        Assert.True(host.Calls[6].TryAnswer(RawJson.Parse($"\"{new string('x', 600_000)}\"")));

        Assert.Equal(7, host.Listener.ConnectionCount);
        Assert.NotNull(peer.Read());
    }

    [Fact]
    public void BatchReplies_ThatWaitForTheRest_AreCounted()
    {
        Host host = Host.Keeping(Small);
        RawPeer peer = host.Connect().Send("""[{"method":"a","id":1},{"method":"b","id":2}]""");
        host.Calls[0].TryAnswer(RawJson.Parse($"\"{new string('x', 2500)}\""));
        Assert.InRange(host.Listener.Totals.Bytes, 2000, 2200);

        host.Calls[1].TryAnswer(default);

        Assert.NotNull(peer.Read());
        Assert.Equal(0, host.Listener.Totals.Bytes);
    }

    [Fact]
    public void Totals_AnythingManyPeersDo_AreKeptAndGivenBack()
    {
        var random = new Random(15);
        Host host = Host.Keeping(Small with { MaxConnections = 20, MaxTotalBytes = 160_000, MaxTotalCalls = 400 });
        long sharedBytes = 160_000 - (20L * 4 * (160_000 / 160));
        var peers = new List<RawPeer>();
        for (int step = 0; step < 5000; step++)
        {
            if (peers.Count < 20) peers.Add(host.Connect());
            RawPeer peer = peers[random.Next(peers.Count)];
            string text = $$"""{"method":"m","params":["{{new string('x', random.Next(4000))}}"],"id":1}""";
            switch (random.Next(8))
            {
                case 0:
                    peer.Reset();
                    peers.Remove(peer);
                    break;
                case 1:
                    // Begins a frame and says no more.
                    peer.SendRaw($"{text.Length}:{text[..(text.Length / 2)]}");
                    peer.EndSending();
                    peers.Remove(peer);
                    break;
                case 2 when host.Calls.Count > 0:
                    int index = random.Next(host.Calls.Count);
                    host.Calls[index].TryAnswer(host.Calls[index].Parameters);
                    host.Calls.RemoveAt(index);
                    break;
                case 3:
                    peer.Send($"[{text},{text}]");
                    break;
                case 4:
                    peer.Read();
                    break;
                default:
                    peer.Send(text);
                    break;
            }
            Assert.InRange(host.Listener.Totals.Bytes, 0, sharedBytes);
            Assert.InRange(host.Listener.Totals.Calls, 0, 400 - (20 * 10));
        }
        foreach (RawPeer peer in peers) peer.Reset();
        host.Clock.AdvanceBy(TimeSpan.FromMinutes(1).Ticks);

        Assert.Equal((0, 0, 0), (host.Listener.ConnectionCount, host.Listener.Totals.Bytes, host.Listener.Totals.Calls));
    }
}
