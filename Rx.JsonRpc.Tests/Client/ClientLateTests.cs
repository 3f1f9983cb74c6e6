using System.IO.Pipelines;
using System.Net;
using System.Reactive.Concurrency;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>A reply that has been received wins over a timer that comes after it, and a client that is late does not blame its server.</summary>
public class ClientLateTests
{
    private readonly ClientInVirtualTime _world = new();
    private readonly HeldContinuations _held = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reply_ReceivedButNotToldWhenTheTimeIsUp_Wins(bool total)
    {
        JsonRpcClient client = _world.Client("a", options => options with { Continuations = _held });
        _held.RunAll();
        var policy = new RequestPolicy { TotalTimeout = TimeSpan.FromMilliseconds(total ? 400 : 5_000) };

        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m", policy: policy));
        _world.AdvanceTo(3_000);
        Assert.True(answers.Silent);
        _held.RunAll();

        Assert.Equal("\"a\"", answers.Value.Result.ToString());
        Assert.Equal(3_000, answers.CompletedAt);
    }

    [Fact]
    public void Reply_NeverTold_FailsInTheEndAndIsNotTheServersFault()
    {
        JsonRpcClient client = _world.Client("a,2 b,1", options => options with { Continuations = _held });
        _held.RunAll();
        Answers<Reply<RawJson>>[] answers = [.. Enumerable.Range(0, 10).Select(_ => _world.Subscribe(client.Call("m")))];

        _world.AdvanceTo(20_000);

        Assert.All(answers, each => Assert.Equal(10_500, each.Error!.Value.At));
        Assert.Contains("itself", answers[0].Failure<RequestTimeoutException>().Message);
        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
        Assert.Equal(10, client.Groups[0].Servers[0].DroppedFor(DropReason.ClientLate));
        Answers<ServerDiagnostic> diagnostics = _world.Subscribe(client.Diagnostics);
        _world.Subscribe(client.Call("m"));
        _world.AdvanceTo(40_000);
        _held.RunAll();
        Assert.Equal((DropReason.ClientLate, TimeSpan.FromSeconds(10)), (diagnostics.Values[^1].Value.Reason, diagnostics.Values[^1].Value.Late));
    }

    [Fact]
    public void Silence_WhileContinuationsAreHeld_FailsOnTime()
    {
        JsonRpcClient client = _world.Client("a", options => options with { Continuations = _held });
        _world["a"].OnCall = _ => { };
        _held.RunAll();

        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));
        _world.AdvanceTo(2_000);

        Assert.Equal(500, answers.Error!.Value.At);
        Assert.Equal(0, client.Groups[0].Servers[0].DroppedFor(DropReason.ClientLate));
    }

    [Theory]
    [InlineData(0, 500, true)]
    [InlineData(300, 1_400, false)]
    public void Silence_TimersRunLate_IsLookedAtOnceMoreAndNotBlamed(int late, long failsAt, bool ejected)
    {
        var timers = new LateTimers(_world.Clock);
        var server = new FakeServer(_world.Network, new InMemoryEndPoint("late"), _world.Clock) { OnCall = _ => { } }.Start();
        var client = new JsonRpcClient(
            new JsonRpcClientOptions
            {
                Servers = [new ServerAddress(new InMemoryEndPoint("late"))],
                Connector = _world.Network,
                Continuations = PipeScheduler.Inline,
            },
            timers);
        client.Start();
        timers.Late = TimeSpan.FromMilliseconds(late);

        Answers<Reply<RawJson>>[] answers = [.. Enumerable.Range(0, 5).Select(_ => _world.Subscribe(client.Call("m")))];
        _world.AdvanceTo(5_000);

        Assert.All(answers, each => Assert.Equal(failsAt, each.Error!.Value.At));
        Assert.Equal(ejected, client.Groups[0].Servers[0].State == ServerState.Ejected);
        Assert.Equal(5, server.Calls.Count);
    }

    [Fact]
    public void Bytes_ReceivedAndNotRead_AreWaitedFor()
    {
        var frames = new Unread();
        JsonRpcClient client = _world.Client("a", options => options with { Connector = frames.Around(_world.Network) });
        _world["a"].OnCall = _ => { };
        Answers<Reply<RawJson>> answers = _world.Subscribe(client.Call("m"));
        frames.More = 10;

        _world.AdvanceTo(800);
        Assert.True(answers.Silent);
        _world["a"].Calls[0].Result("1");

        Assert.Equal("1", answers.Value.Result.ToString());
    }

    private sealed class HeldContinuations : PipeScheduler
    {
        private readonly Queue<(Action<object?> Action, object? State)> _waiting = new();

        public override void Schedule(Action<object?> action, object? state) => _waiting.Enqueue((action, state));

        public void RunAll()
        {
            while (_waiting.TryDequeue(out (Action<object?> Action, object? State) next)) next.Action(next.State);
        }
    }

    /// <summary>The clock of a client whose timers run late, and whose watch does not.</summary>
    private sealed class LateTimers(IScheduler clock) : IScheduler, IStopwatchProvider, IServiceProvider
    {
        public TimeSpan Late { get; set; }

        public DateTimeOffset Now => clock.Now;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => clock.Schedule(state, action);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
            clock.Schedule(state, dueTime + Late, action);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            clock.Schedule(state, dueTime + Late, action);

        public IStopwatch StartStopwatch() => clock.StartStopwatch();

        public object? GetService(Type serviceType) => serviceType == typeof(IStopwatchProvider) ? this : null;
    }

    /// <summary>Says that more bytes have been received than were read.</summary>
    private sealed class Unread
    {
        public long More { get; set; }

        public IConnector Around(IConnector connector) => new Connector(this, connector);

        private sealed class Connector(Unread unread, IConnector connector) : IConnector
        {
            public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken) =>
                new Pipe(unread, await connector.ConnectAsync(endPoint, cancellationToken));
        }

        private sealed class Pipe(Unread unread, IDuplexPipe pipe) : IDuplexPipe, IReceivesBytes, IDisposable
        {
            public PipeReader Input => pipe.Input;

            public PipeWriter Output => pipe.Output;

            public long Received => unread.More;

            public bool ByThreadPool => false;

            public void Dispose() => (pipe as IDisposable)?.Dispose();
        }
    }
}
