using System.Buffers;
using System.IO.Pipelines;
using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Testing;

/// <summary>A test framework's synchronization context does not take any of the kit's work off the thread that drives the clock.</summary>
public class TestingUnderAContextTests
{
    [Fact]
    public void VirtualClock_ContextOfTheFramework_FailoverStaysOnTheThread() => UnderAContext(() =>
    {
        var clock = new VirtualClock();
        Failover(clock, clock.AdvanceBy);
    });

    [Fact]
    public void TestScheduler_ContextOfTheFramework_FailoverStaysOnTheThread() => UnderAContext(() =>
    {
        var clock = new TestScheduler();
        Failover(clock, by => clock.AdvanceBy(by.Ticks));
    });

    [Fact]
    public void VirtualClock_ActionRuns_ContextIsRemovedAndComesBack() => UnderAContext(() =>
    {
        var clock = new VirtualClock();
        SynchronizationContext? inside = SynchronizationContext.Current;
        clock.Schedule(TimeSpan.FromSeconds(1), () => inside = SynchronizationContext.Current);

        clock.AdvanceBy(TimeSpan.FromSeconds(1));

        Assert.Null(inside);
        Assert.IsType<CountingContext>(SynchronizationContext.Current);
    });

    [Fact]
    public void VirtualClock_ActionThrows_ContextComesBack() => UnderAContext(() =>
    {
        var clock = new VirtualClock();
        clock.Schedule(TimeSpan.FromSeconds(1), () => throw new TimeZoneNotFoundException());

        Assert.Throws<TimeZoneNotFoundException>(() => clock.AdvanceBy(TimeSpan.FromSeconds(1)));

        Assert.IsType<CountingContext>(SynchronizationContext.Current);
    });

    [Fact]
    public void Network_SlowConnect_IsConnectedOnTheThread() => UnderAContext(() =>
    {
        (VirtualClock clock, InMemoryNetwork network, ScriptedServer server) = OneServer();
        network.At("a").ConnectDelay(TimeSpan.FromMilliseconds(30));
        using Answer answer = Answer.Of(network, clock, server);

        clock.AdvanceBy(TimeSpan.FromMilliseconds(30));

        Assert.Equal("\"a\"", answer.Text);
    });

    [Fact]
    public void Network_HealedByTheTest_IsConnectedOnTheThread() => UnderAContext(() =>
    {
        (VirtualClock clock, InMemoryNetwork network, ScriptedServer server) = OneServer();
        network.At("a").NeverConnect();
        using Answer answer = Answer.Of(network, clock, server);

        network.At("a").Heal();

        Assert.Equal("\"a\"", answer.Text);
    });

    [Fact]
    public void Network_HeldBytesHealedByTheTest_ArriveOnTheThread() => UnderAContext(() =>
    {
        (VirtualClock clock, InMemoryNetwork network, ScriptedServer server) = OneServer();
        using Answer first = Answer.Of(network, clock, server);
        network.At("a").BlackHole();
        // More than the sender's buffer takes: the flush waits, and the second request behind it.
        using Answer large = first.Another(RawJson.Parse($"[\"{new string('x', 100_000)}\"]"));
        using Answer behind = first.Another();

        network.At("a").Heal();

        Assert.Equal(("\"a\"", "\"a\""), (large.Text, behind.Text));
    });

    [Fact]
    public void Server_StoppedAndStartedByTheTest_AnswersOnTheThread() => UnderAContext(() =>
    {
        (VirtualClock clock, InMemoryNetwork network, ScriptedServer server) = OneServer();
        using Answer first = Answer.Of(network, clock, server);
        server.Kill();
        server.Start();
        clock.AdvanceBy(TimeSpan.FromSeconds(1));

        using Answer second = first.Another();

        Assert.Equal("\"a\"", second.Text);
    });

    [Fact]
    public void Client_Drains_EndsOnTheThreadAfterTheLastObserverWasCalled() => UnderAContext(() =>
    {
        var clock = new VirtualClock();
        var network = new InMemoryNetwork(clock);
        ScriptedServer server = new ScriptedServer(network, new InMemoryEndPoint("a"), clock)
            .On("m", answer => answer.Result("7").After(TimeSpan.FromMilliseconds(100)));
        var client = new JsonRpcClient(network.ClientOptions(server.WithPriority(1)), clock);
        var seen = new List<string>();
        client.Request("m").Subscribe(result => seen.Add(result.ToString()));
        Task drained = Drain();
        Assert.False(drained.IsCompleted);

        clock.AdvanceBy(TimeSpan.FromMilliseconds(100));

        Assert.Equal(["7", "drained"], seen);

        async Task Drain()
        {
            await client.DrainAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            seen.Add("drained");
        }
    });

    [Fact]
    public void Listener_Stops_EndsOnTheThread() => UnderAContext(() =>
    {
        var clock = new VirtualClock();
        var network = new InMemoryNetwork(clock);
        var endPoint = new InMemoryEndPoint("a");
        var listener = new JsonRpcListener(
            endPoint, new JsonRpcListenerOptions { Transport = network, Continuations = PipeScheduler.Inline }, clock);
        listener.Start();
        IncomingCall? running = null;
        listener.Calls.Subscribe(call => running = call);
        var client = new JsonRpcClient(network.ClientOptions(new ServerAddress(endPoint)), clock);
        RawJson result = default;
        client.Request("m").Subscribe(answer => result = answer);
        Task stopped = listener.StopAsync(TimeSpan.FromSeconds(2)).AsTask();
        running!.TryAnswer(RawJson.Parse("7"));

        clock.AdvanceBy(TimeSpan.FromSeconds(3));

        Assert.Equal(("7", true), (result.ToString(), stopped.IsCompletedSuccessfully));
    });

    [Fact]
    public void Peer_ReadsByTheTest_FullWireMovesOnOnTheThread() => UnderAContext(() =>
    {
        (InMemoryConnection client, InMemoryConnection server) =
            InMemoryConnection.CreatePair(new InMemoryEndPoint("client"), new InMemoryEndPoint("server"));
        client.Output.Write(new byte[100_000]);
        Task<int> flushed = FlushAsync(client);
        Assert.False(flushed.IsCompleted);

        Assert.True(server.Input.TryRead(out System.IO.Pipelines.ReadResult read));
        server.Input.AdvanceTo(read.Buffer.End);

        Assert.True(flushed.IsCompleted);
        Assert.Equal(Environment.CurrentManagedThreadId, flushed.Result);

        static async Task<int> FlushAsync(InMemoryConnection connection)
        {
            await Inner(connection).ConfigureAwait(false);
            return Environment.CurrentManagedThreadId;
        }

        static async Task Inner(InMemoryConnection connection) => await connection.Output.FlushAsync().ConfigureAwait(false);
    });

    private static (VirtualClock Clock, InMemoryNetwork Network, ScriptedServer Server) OneServer()
    {
        var clock = new VirtualClock();
        var network = new InMemoryNetwork(clock);
        return (clock, network, new ScriptedServer(network, new InMemoryEndPoint("a"), clock));
    }

    /// <summary>The failover of docs/testing.md: everything runs on the thread that drives the clock.</summary>
    private static void Failover(IScheduler clock, Action<TimeSpan> advanceBy)
    {
        var network = new InMemoryNetwork(clock);
        var threads = new List<int>();
        ScriptedServer a = new ScriptedServer(network, new InMemoryEndPoint("a"), clock).OnAny((_, _) => Note());
        ScriptedServer b = new ScriptedServer(network, new InMemoryEndPoint("b"), clock).OnAny((_, answer) =>
        {
            Note();
            answer.Result("7");
        });
        var client = new JsonRpcClient(network.ClientOptions(a.WithPriority(2), b.WithPriority(1)), clock);
        RawJson user = default;
        client.Request("get_user", policy: new RequestPolicy { Replay = Replay.Always })
            .Subscribe(result =>
            {
                Note();
                user = result;
            });

        advanceBy(TimeSpan.FromMilliseconds(500));

        Assert.Equal("7", user.ToString());
        Assert.Equal(Enumerable.Repeat(Environment.CurrentManagedThreadId, 3), threads);
        Assert.True(client.DisposeAsync().IsCompleted);

        void Note() => threads.Add(Environment.CurrentManagedThreadId);
    }

    private static void UnderAContext(Action test)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        var context = new CountingContext();
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            test();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
        Assert.Equal(0, context.Posts);
    }

    /// <summary>As xunit v2's: what is posted runs on another thread.</summary>
    private sealed class CountingContext : SynchronizationContext
    {
        private int _posts;

        public int Posts => Volatile.Read(ref _posts);

        public override void Post(SendOrPostCallback d, object? state)
        {
            Interlocked.Increment(ref _posts);
            base.Post(d, state);
        }
    }

    /// <summary>One request of a client, and its answer.</summary>
    private sealed class Answer : IDisposable
    {
        private readonly JsonRpcClient _client;
        private readonly IDisposable _subscription;

        private Answer(JsonRpcClient client, RawJson parameters = default)
        {
            _client = client;
            _subscription = client.Request("get_user", parameters).Subscribe(result => Text = result.ToString());
        }

        public string? Text { get; private set; }

        public static Answer Of(InMemoryNetwork network, IScheduler clock, ScriptedServer server) =>
            new(new JsonRpcClient(network.ClientOptions(server.WithPriority(1)), clock));

        public Answer Another(RawJson parameters = default) => new(_client, parameters);

        public void Dispose() => _subscription.Dispose();
    }
}
