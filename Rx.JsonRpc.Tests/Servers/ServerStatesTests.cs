using System.IO.Pipelines;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Servers;

public class ServerStatesTests
{
    [Fact]
    public void Start_NobodyListens_TriesAgainAfterEachWait()
    {
        var world = new OneServer();
        world.Server.Start();
        world.AdvanceTo(250);

        Assert.Equal([0, 100, 200], world.Attempts);
        Assert.Equal(
            [(0, ServerState.Waiting), (100, ServerState.Connecting), (100, ServerState.Waiting), (200, ServerState.Connecting), (200, ServerState.Waiting)],
            world.Changes.Select(change => (change.At, change.To)));
        Assert.Contains("Nobody listens", world.Changes[0].Reason);
    }

    [Fact]
    public void Start_ExponentialBackoff_WaitsLongerEachTime()
    {
        var world = new OneServer(options => options with { Reconnect = new Backoff { Max = TimeSpan.FromMilliseconds(500), Jitter = false } });
        world.Server.Start();
        world.AdvanceTo(1700);
        Assert.Equal([0, 100, 300, 700, 1200, 1700], world.Attempts);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    public void MaxConnectionAttempts_UsedUp_RetiresTheServer(int most, int attempts)
    {
        var world = new OneServer(options => options with { MaxConnectionAttempts = most });
        world.Server.Start();
        world.AdvanceTo(60_000);

        Assert.Equal(attempts, world.Attempts.Count);
        Assert.Equal(ServerState.Retired, world.Server.State);
        Assert.Contains("Nobody listens", world.Changes[^1].Reason);
        Assert.IsType<ServerUnavailableException>(world.Call().Answers.Error?.Error);
    }

    [Fact]
    public void MaxConnectionAttempts_ForEver_NeverRetires()
    {
        var world = new OneServer();
        world.Server.Start();
        world.AdvanceTo(100_000);
        Assert.Equal(1001, world.Attempts.Count);
        world.Peer.Start();
        world.AdvanceTo(100_100);
        Assert.Equal(ServerState.Connected, world.Server.State);
    }

    [Fact]
    public void MaxConnectionAttempts_ConnectionThatHeld_ResetsTheCount()
    {
        var world = new OneServer(options => options with { MaxConnectionAttempts = 1 });
        world.Server.Start();
        world.AdvanceTo(50);
        world.Peer.Start();
        world.AdvanceTo(100);
        Assert.Equal(ServerState.Connected, world.Server.State);

        world.AdvanceTo(500);
        world.Peer.Kill();
        Assert.Equal(ServerState.Waiting, world.Server.State);
        world.Peer.Start();
        world.AdvanceTo(600);
        Assert.Equal(ServerState.Connected, world.Server.State);

        world.AdvanceTo(800);
        world.Peer.Kill();
        world.AdvanceTo(2000);
        Assert.Equal([0, 100, 600, 900], world.Attempts);
        Assert.Equal(ServerState.Retired, world.Server.State);
    }

    [Fact]
    public void AcceptThenClose_DoesNotCountAsASuccess()
    {
        var world = new OneServer(options => options with
        {
            MaxConnectionAttempts = 3,
            Reconnect = new Backoff { Max = TimeSpan.FromSeconds(5), Jitter = false },
        });
        using IAcceptor acceptor = AcceptAndClose(world);
        world.Server.Start();
        world.AdvanceTo(60_000);

        Assert.Equal([0, 100, 300, 700], world.Attempts);
        Assert.Equal(ServerState.Retired, world.Server.State);
    }

    [Fact]
    public void AnswerThenClose_CountsAsASuccess()
    {
        var world = new OneServer(options => options with { Reconnect = new Backoff { Jitter = false } });
        world.Peer.Start();
        world.Server.Start();
        for (int i = 1; i <= 3; i++)
        {
            Assert.False(world.Call().Answers.Value.IsError);
            world.Peer.Connection!.Dispose();
            world.AdvanceTo(i * 100);
        }

        Assert.Equal([0, 100, 200, 300], world.Attempts);
    }

    [Fact]
    public void Changes_ObserverThatHangs_DropsAndCounts()
    {
        var later = new Later();
        var world = new OneServer(options => options with { Continuations = later, MaxQueuedEvents = 2 });
        world.Server.Start();
        world.AdvanceTo(250);
        Assert.Equal(3, world.Server.DroppedFor(DropReason.QueueFull));

        later.Run();

        Assert.Equal([ServerState.Waiting, ServerState.Connecting], world.Changes.Select(change => change.To));
    }

    [Fact]
    public void ConnectTimeout_PassesTheWaitAndCancels()
    {
        CancellationToken seen = default;
        var never = new TaskCompletionSource<IDuplexPipe>();
        var world = new OneServer(connect: (_, token) =>
        {
            seen = token;
            return new ValueTask<IDuplexPipe>(never.Task);
        });
        world.Server.Start();
        world.AdvanceTo(2999);
        Assert.Equal(ServerState.Connecting, world.Server.State);

        world.AdvanceTo(3000);
        Assert.Equal(ServerState.Waiting, world.Server.State);
        Assert.True(seen.IsCancellationRequested);
        world.AdvanceTo(3100);
        Assert.Equal([0, 3100], world.Attempts);
    }

    [Fact]
    public void ConnectTimeout_ReaderBusyFromTheFirstMoment_DoesNotEndTheConnection()
    {
        var world = new OneServer();
        using IAcceptor acceptor = world.Network.Listen(world.Server.Address.EndPoint);
        ValueTask<AcceptedConnection?> accepting = acceptor.AcceptAsync();
        // The first frame is there before the reading begins, and its observer holds the reader for longer than connecting may take.
        Task greeting = Greet(accepting);
        bool held = false;
        world.Services.Notifications.Subscribe(_ =>
        {
            held = true;
            world.AdvanceTo(4000);
        });

        world.Server.Start();

        Assert.True(greeting.IsCompletedSuccessfully);
        Assert.True(held);
        Assert.Equal(ServerState.Connected, world.Server.State);
        Assert.Single(world.Attempts);
    }

    [Fact]
    public void Connections_Several_OneLossLeavesTheServerConnected()
    {
        var world = new OneServer(options => options with { ConnectionsPerServer = 3 });
        world.Peer.Start();
        world.Server.Start();
        Assert.Equal([0, 0, 0], world.Peer.Accepted);
        FrameConnection last = world.Peer.Connection!;

        world.AdvanceTo(500);
        last.Dispose();
        Assert.Equal(ServerState.Connected, world.Server.State);
        for (int i = 0; i < 6; i++) Assert.False(world.Call().Answers.Value.IsError);
        world.AdvanceTo(600);
        Assert.Equal([0, 0, 0, 600], world.Peer.Accepted.Select(ticks => ticks / TimeSpan.TicksPerMillisecond));
        Assert.Equal([ServerState.Connected], world.Changes.Select(change => change.To));
        Assert.True(world.Peer.Calls.Select(call => call.Connection).Distinct().Count() >= 2);
    }

    private static async Task Greet(ValueTask<AcceptedConnection?> accepting)
    {
        AcceptedConnection accepted = (await accepting)!;
        await accepted.Pipe.Output.WriteAsync(Transport.Sending.Netstring("""{"jsonrpc":"2.0","method":"hello"}"""));
    }

    private static IAcceptor AcceptAndClose(OneServer world)
    {
        IAcceptor acceptor = world.Network.Listen(world.Server.Address.EndPoint);
        _ = Run();
        return acceptor;

        async Task Run()
        {
            while (await acceptor.AcceptAsync() is { } accepted) await ((InMemoryConnection)accepted.Pipe).DisposeAsync();
        }
    }
}
