using System.IO.Pipelines;
using System.Net;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Tests.Transport;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Servers;

public class ServerClosingTests
{
    [Fact]
    public void Close_WhileConnecting_CancelsAndClosesAConnectionThatComesAllTheSame()
    {
        CancellationToken seen = default;
        var connecting = new TaskCompletionSource<IDuplexPipe>();
        var world = new OneServer(connect: (_, token) =>
        {
            seen = token;
            return new ValueTask<IDuplexPipe>(connecting.Task);
        });
        world.Server.Start();

        Assert.True(world.Close().IsCompletedSuccessfully);
        Assert.True(seen.IsCancellationRequested);
        var late = new WatchedPipe(Pair().Near);
        connecting.SetResult(late);

        Assert.Equal(1, late.Disposed);
        Assert.True(late.DisposedInTime);
        Assert.Equal([ServerState.Retired], world.Changes.Select(change => change.To));
    }

    [Fact]
    public void Close_WhileWaiting_NeverConnectsAgain()
    {
        var world = new OneServer();
        world.Server.Start();
        world.AdvanceTo(50);
        Assert.True(world.Close().IsCompletedSuccessfully);
        world.AdvanceTo(10_000);
        Assert.Single(world.Attempts);
        Assert.Equal(ServerState.Retired, world.Server.State);
    }

    [Fact]
    public void Close_WhileConnected_EndsWhenThePeerDoes()
    {
        var world = new OneServer();
        world.Peer.OnCall = _ => { };
        world.Peer.Start();
        world.Server.Start();
        (Answers<Reply<RawJson>> open, _) = world.Call();

        Assert.True(world.Close().IsCompletedSuccessfully);

        Assert.IsType<ObjectDisposedException>(open.Error?.Error);
        Assert.False(world.Peer.Connection!.TrySend("late"u8));
        world.AdvanceTo(10_000);
        Assert.Equal([ServerState.Connected, ServerState.Retired], world.Changes.Select(change => change.To));
        Assert.IsType<ServerUnavailableException>(world.Call().Answers.Error?.Error);
    }

    [Fact]
    public void Close_PeerDoesNotEnd_IsHeldUpForTheLimitOnly()
    {
        var world = new OneServer();
        using IAcceptor acceptor = world.Network.Listen(world.Server.Address.EndPoint);
        world.Server.Start();
        IDuplexPipe peer = acceptor.AcceptAsync().Now()!.Pipe;

        Task closed = world.Close();
        Assert.False(closed.IsCompleted);
        Assert.StartsWith("memory:a is not connected", world.Call().Answers.Failure<ServerUnavailableException>().Message);
        world.AdvanceTo(500);

        Assert.True(closed.IsCompletedSuccessfully);
        Assert.True(peer.Output.WriteAsync(new byte[1]).Now().IsCompleted);
        Assert.Equal(ServerState.Retired, world.Server.State);
    }

    [Fact]
    public void Order_ServerHasLeftOrIsClosed_IsNotTaken()
    {
        var leaving = new OneServer();
        var closed = new OneServer();
        foreach (OneServer world in new[] { leaving, closed })
        {
            world.Peer.OnCall = _ => { };
            world.Peer.Start();
            world.Server.Start();
        }
        leaving.Call();
        leaving.Server.Leave(TimeSpan.FromSeconds(1));
        _ = closed.Close();

        leaving.Server.Order(Duty.On, "enabled by hand");
        closed.Server.Order(Duty.On, "enabled by hand");

        Assert.Equal((ServerState.Draining, ServerState.Retired), (leaving.Server.State, closed.Server.State));
        Assert.Equal((1, 1), (leaving.Attempts.Count, closed.Attempts.Count));
    }

    [Fact]
    public void Close_RacesWithConnecting_EndsRetiredAndReleased() => Race.Run(
        2000,
        () =>
        {
            var connecting = new TaskCompletionSource<IDuplexPipe>();
            var world = new OneServer(connect: (_, _) => new ValueTask<IDuplexPipe>(connecting.Task));
            world.Server.Start();
            (InMemoryConnection near, InMemoryConnection far) = Pair();
            // A peer that ends as soon as it is told to.
            new FrameConnection(far).Frames.Subscribe(_ => { });
            return (World: world, Connecting: connecting, Pipe: new WatchedPipe(near), Closed: new Task[1]);
        },
        round => round.Connecting.SetResult(round.Pipe),
        round => round.Closed[0] = round.World.Close(),
        round =>
        {
            round.World.Clock.AdvanceBy(TimeSpan.FromSeconds(10).Ticks);
            round.Closed[0].WaitAsync(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
            round.Pipe.Gone.GetAwaiter().GetResult();
            Assert.Equal(ServerState.Retired, round.World.Server.State);
            Assert.Equal(1, round.Pipe.Disposed);
            Assert.True(round.Pipe.DisposedInTime);
            Assert.Single(round.World.Attempts);
        });

    private static (InMemoryConnection Near, InMemoryConnection Far) Pair()
    {
        EndPoint place = new InMemoryEndPoint("pair");
        return InMemoryConnection.CreatePair(place, place);
    }
}
