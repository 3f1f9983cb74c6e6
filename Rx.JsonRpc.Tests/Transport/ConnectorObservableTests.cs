using System.IO.Pipelines;
using System.Net;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class ConnectorObservableTests
{
    [Fact]
    public void Connect_Connected_GivesThePipeAndCompletes()
    {
        var world = new Connecting();
        world.Subscribe(opened => Assert.Same(world.Pipe, opened.Take()));
        world.Go.SetResult(world.Pipe);
        Assert.Equal(["next", "completed"], world.Seen);
        Assert.Equal(0, world.Pipe.Disposed);
    }

    [Fact]
    public void Connect_Fails_GivesTheFailure()
    {
        var world = new Connecting();
        world.Subscribe();
        world.Go.SetException(new IOException("no route"));
        Assert.Equal(["no route"], world.Seen);
    }

    [Fact]
    public void Connect_LimitPasses_FailsAndClosesALatePipe()
    {
        var world = new Connecting();
        world.Subscribe();
        world.Clock.AdvanceTo(99);
        Assert.Empty(world.Seen);
        world.Clock.AdvanceTo(100);
        Assert.Contains("not connected within", Assert.Single(world.Seen));
        Assert.True(world.Token.IsCancellationRequested);

        world.Go.SetResult(world.Pipe);
        Assert.Equal(1, world.Pipe.Disposed);
        Assert.Single(world.Seen);
    }

    [Fact]
    public void Connect_NullPipe_SaysThatTheConnectorGaveNone()
    {
        var world = new Connecting();
        world.Subscribe();
        world.Go.SetResult(null!);
        Assert.Contains("connector gave no connection", Assert.Single(world.Seen));
    }

    [Fact]
    public void Connect_LimitPassesAndCancellingThrows_StillFails()
    {
        var world = new Connecting();
        world.Subscribe();
        world.Token.Register(() => throw new NotSupportedException("cannot be cancelled"));
        world.Clock.AdvanceTo(100);
        Assert.Contains("not connected within", Assert.Single(world.Seen));
    }

    [Fact]
    public void Connect_DisposedAndCancellingThrows_IsQuiet()
    {
        var world = new Connecting();
        IDisposable connecting = world.Subscribe();
        world.Token.Register(() => throw new NotSupportedException("cannot be cancelled"));
        connecting.Dispose();
        Assert.True(world.Token.IsCancellationRequested);
        Assert.Empty(world.Seen);
    }

    [Fact]
    public void Connect_OnNextLastsBeyondTheLimit_IsNoTimeout()
    {
        var world = new Connecting();
        world.Subscribe(opened =>
        {
            opened.Take();
            world.Clock.AdvanceTo(1000);
        });
        world.Go.SetResult(world.Pipe);
        Assert.Equal(["next", "completed"], world.Seen);
        Assert.False(world.Token.IsCancellationRequested);
    }

    [Fact]
    public void Connect_Disposed_CancelsAndClosesALatePipe()
    {
        var world = new Connecting();
        world.Subscribe().Dispose();
        Assert.True(world.Token.IsCancellationRequested);
        world.Go.SetResult(world.Pipe);
        world.Clock.AdvanceTo(1000);
        Assert.Empty(world.Seen);
        Assert.Equal(1, world.Pipe.Disposed);
    }

    [Fact]
    public void Connect_DroppedOnItsWay_IsClosed()
    {
        var world = new Connecting();
        world.Observable.Where(_ => false).Subscribe();
        world.Go.SetResult(world.Pipe);
        Assert.Equal(1, world.Pipe.Disposed);
    }

    [Fact]
    public void Connect_RacesWithDispose_IsSeenOrClosed() => Race.Run(
        5000,
        () =>
        {
            var world = new Connecting();
            int taken = 0;
            IDisposable subscription = world.Subscribe(opened =>
            {
                opened.Take();
                taken++;
            });
            return (World: world, Subscription: subscription, Taken: new Func<int>(() => taken));
        },
        round => round.World.Go.SetResult(round.World.Pipe),
        round => round.Subscription.Dispose(),
        round => Assert.Equal(1, round.Taken() + round.World.Pipe.Disposed));

    private sealed class Connecting : IConnector
    {
        private static readonly EndPoint Place = new InMemoryEndPoint("a");

        public TestScheduler Clock { get; } = new();

        public TaskCompletionSource<IDuplexPipe> Go { get; } = new();

        public WatchedPipe Pipe { get; } = new(InMemoryConnection.CreatePair(Place, Place).Client);

        public CancellationToken Token { get; private set; }

        public List<string> Seen { get; } = [];

        public IObservable<NewConnection> Observable => this.Connect(Place, TimeSpan.FromTicks(100), Clock);

        public IDisposable Subscribe(Action<NewConnection>? onNext = null) => Observable.CheckGrammar().Subscribe(
            opened =>
            {
                Seen.Add("next");
                onNext?.Invoke(opened);
            },
            failure => Seen.Add(failure.Message),
            () => Seen.Add("completed"));

        public ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
        {
            Token = cancellationToken;
            return new ValueTask<IDuplexPipe>(Go.Task);
        }
    }
}
