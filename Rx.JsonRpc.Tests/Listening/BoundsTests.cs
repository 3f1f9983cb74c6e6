using static Rx.JsonRpc.Tests.Listening.ProtocolTests;

namespace Rx.JsonRpc.Tests.Listening;

public class BoundsTests
{
    private const string TooMany = """{"jsonrpc":"2.0","error":{"code":-32090,"message":"Not executed: too many calls in flight","data":{"executed":false}},"id":3}""";

    [Fact]
    public void Connections_AboveTheBoundAndEachWithACall_AcceptedAndTurnedAway()
    {
        Host host = Host.Keeping(new() { MaxConnections = 1 });
        RawPeer first = host.Connect().Send("""{"method":"m","id":1}""");
        RawPeer second = host.Connect();

        host.Clock.AdvanceBy(TimeSpan.FromMilliseconds(500).Ticks);
        Assert.True(second.SeesEnd);
        Assert.False(first.SeesEnd);
        Assert.Equal(1, host.Listener.ConnectionCount);
        Assert.Equal(1, host.Listener.Counters.ConnectionsRefused);
        Assert.Equal(["Connected: accepted", "Refused: there are 1 connections already"], host.Reasons);

        first.Reset();

        host.Connect().Send("""{"method":"m","id":1}""");
        Assert.Equal(2, host.Calls.Count);
        Assert.Equal([1, 1, 0, 1], host.Changes.Select(change => change.Connections));
    }

    [Fact]
    public void Calls_AboveTheBound_RefusedBeforeTheHostHearsOfThem()
    {
        Host host = Host.Keeping(new() { MaxCallsPerConnection = 2 });
        RawPeer peer = host.Connect().Send("""{"method":"a","id":1}""").Send("""{"method":"b","id":2}""");

        Assert.Equal(TooMany, peer.Ask("""{"method":"c","id":3}"""));
        Assert.Null(peer.Ask("""{"method":"n"}"""));
        Assert.Equal(2, host.Calls.Count);
        Assert.Equal(2, host.Listener.Counters.CallsRefused);

        host.Calls[0].TryAnswer(default);
        Assert.Equal(Reply("null", "1"), peer.Read());
        Assert.Null(peer.Ask("""{"method":"d","id":4}"""));
        Assert.Equal(["a", "b", "d"], host.Calls.Select(call => call.Method));
    }

    [Fact]
    public void Calls_RefusedInABatch_AnsweredInTheBatch()
    {
        Host host = Host.Keeping(new() { MaxCallsPerConnection = 1 });
        RawPeer peer = host.Connect().Send("""[{"method":"a","id":1},{"method":"b","id":3}]""");

        host.Calls[0].TryAnswer(default);

        Assert.Equal($"[{TooMany},{Reply("null", "1")}]", peer.Read());
    }

    [Fact]
    public void Notifications_ManyInARow_LeaveNothingBehind()
    {
        Host host = Host.Keeping(new() { MaxCallsPerConnection = 1 });
        RawPeer peer = host.Connect();

        for (int i = 0; i < 10; i++) peer.Send("""{"method":"n"}""");

        Assert.Equal(10, host.Calls.Count);
    }

    [Fact]
    public void Parameters_TooManyBytesInFlight_Refused()
    {
        Host host = Host.Keeping(new() { MaxFrameBytes = 200, MaxQueuedBytesPerConnection = 200 });
        string large = $"[\"{new string('x', 120)}\"]";
        RawPeer peer = host.Connect().Send($$"""{"method":"a","params":{{large}},"id":1}""");

        Assert.Equal(TooMany, peer.Ask($$"""{"method":"b","params":{{large}},"id":3}"""));
        host.Calls[0].TryAnswer(default);
        peer.Read();
        Assert.Null(peer.Ask($$"""{"method":"c","params":{{large}},"id":4}"""));
    }

    [Fact]
    public void Parameters_MoreThanTheBoundAlone_AreLetIn()
    {
        Host host = Host.Keeping(new() { MaxFrameBytes = 1000, MaxQueuedBytesPerConnection = 200 });
        string large = $"[\"{new string('x', 500)}\"]";
        RawPeer peer = host.Connect().Send($$"""{"method":"a","params":{{large}},"id":1}""");

        Assert.Single(host.Calls);
        Assert.Equal(TooMany, peer.Ask("""{"method":"b","params":[1],"id":3}"""));
        host.Calls[0].TryAnswer(host.Calls[0].Parameters);
        Assert.Contains(large, peer.Read());
    }

    [Fact]
    public void Peer_DoesNotRead_Disconnected()
    {
        Host host = Host.Keeping(new() { MaxQueuedBytesPerConnection = 100_000, MaxFrameBytes = 100_000 });
        RawPeer peer = host.Connect();
        RawJson large = RawJson.Parse($"\"{new string('x', 60_000)}\"");
        bool answered = true;
        for (int i = 0; answered && i < 10; i++)
        {
            peer.Send("""{"method":"m","id":1}""");
            answered = host.Calls[i].TryAnswer(large);
        }

        Assert.False(answered);
        Assert.Equal(0, host.Listener.ConnectionCount);
        Assert.StartsWith("the peer does not read its replies", host.Changes[^1].Reason);
    }

    [Fact]
    public void Events_NobodyTakesThem_AreDroppedAndCounted()
    {
        Host host = Host.With(new MethodTable().On("m", Throw), new() { MaxQueuedEvents = 1 });
        // While a failure is being observed, the ones that it causes wait: one of them.
        RawPeer peer = host.Connect();
        bool nested = false;
        host.Listener.Failures.Subscribe(_ =>
        {
            if (nested) return;
            nested = true;
            for (int i = 0; i < 3; i++) host.Connect().Send("""{"method":"m","id":1}""");
        });

        peer.Send("""{"method":"m","id":1}""");

        Assert.Equal(2, host.Failures.Count);
        Assert.Equal(2, host.Listener.Counters.EventsDropped);
    }

    [Fact]
    public void Options_Faulty_AllFaultsAtOnce()
    {
        var options = new JsonRpcListenerOptions
        {
            MaxConnections = 0,
            MaxCallsPerConnection = -1,
            MaxBatch = 0,
            MaxQueuedEvents = 0,
            MaxFrameBytes = 10,
            MaxQueuedBytesPerConnection = 0,
            FrameTimeout = TimeSpan.Zero,
            FirstFrameTimeout = TimeSpan.Zero,
            IdleTimeout = TimeSpan.FromTicks(-1),
            MaxTotalBytes = 0,
            MaxTotalCalls = 0,
            HalfClosedLimit = TimeSpan.FromTicks(-1),
            StopGrace = TimeSpan.FromTicks(-1),
            Continuations = null!,
            TcpKeepAlive = null!,
        };

        string message = Assert.Throws<ArgumentException>(() => new JsonRpcListener(new System.Net.IPEndPoint(0, 0), options)).Message;

        string[] names =
        [
            "MaxConnections", "MaxCallsPerConnection", "MaxBatch", "MaxQueuedEvents", "MaxFrameBytes", "MaxQueuedBytesPerConnection", "FrameTimeout",
            "FirstFrameTimeout", "IdleTimeout", "MaxTotalBytes", "MaxTotalCalls",
            "HalfClosedLimit", "StopGrace", "Continuations", "TcpKeepAlive",
        ];
        Assert.All(names, name => Assert.Contains($"{name} is ", message));
    }

    private static RawJson Throw(RawJson parameters) => throw new InvalidOperationException("no");
}
