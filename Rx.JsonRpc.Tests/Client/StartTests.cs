using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Reactive.Subjects;
using System.Text;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>When a client connects, and what it hears of a server that speaks first.</summary>
public class StartTests
{
    private static readonly Func<JsonRpcClientOptions, JsonRpcClientOptions> ByHand = options => options with { AutoStart = false };

    /// <summary>What starts a client, and what does not.</summary>
    public static TheoryData<string, bool> Uses => new()
    {
        { nameof(JsonRpcClient.Request), true },
        { nameof(JsonRpcClient.RequestAsync), true },
        { nameof(JsonRpcClient.Call), true },
        { nameof(JsonRpcClient.Notify), true },
        { nameof(JsonRpcClient.NotifyAll), true },
        { nameof(JsonRpcClient.Notifications), true },
        { nameof(JsonRpcClient.Calls), true },
        { nameof(JsonRpcClient.CallsTo), true },
        { nameof(JsonRpcClient.Changes), false },
        { nameof(JsonRpcClient.Diagnostics), false },
        { nameof(JsonRpcClient.Records), false },
        { nameof(JsonRpcClient.TopologyFaults), false },
        { nameof(JsonRpcClient.Snapshot), false },
        { nameof(JsonRpcClient.Drain), false },
        { nameof(JsonRpcClient.Enable), false },
    };

    [Theory]
    [MemberData(nameof(Uses))]
    public void AutoStart_FirstUse_StartsTheClientIfItIsARequestOrASubscriptionOfPushes(string use, bool starts)
    {
        var world = new World();
        JsonRpcClient client = world.Client();
        Assert.Empty(world.Server.Accepted);

        Use(client, use);

        Assert.Equal(starts ? 1 : 0, world.Server.Accepted.Count);
    }

    [Fact]
    public void AutoStartOff_EveryUse_DoesNotConnect()
    {
        var world = new World();
        JsonRpcClient client = world.Client(ByHand);

        foreach (TheoryDataRow<string, bool> use in Uses) Use(client, use.Data.Item1);

        Assert.Empty(world.Server.Accepted);
        client.Start();
        Assert.Single(world.Server.Accepted);
    }

    [Fact]
    public void Start_CalledAgain_ConnectsOnce()
    {
        var world = new World();
        JsonRpcClient client = world.Client();

        client.Start();
        client.Start();
        client.Notifications.Subscribe();

        Assert.Single(world.Server.Accepted);
    }

    [Fact]
    public void Request_NotCalledUntilItIsSubscribed_DoesNotStart()
    {
        var world = new World();
        JsonRpcClient client = world.Client();

        IObservable<RawJson> request = client.Request("m");
        Assert.Empty(world.Server.Accepted);

        Assert.Equal("\"a\"", world.Virtual.Subscribe(request).Value.ToString());
    }

    [Fact]
    public void Request_BeforeStartByHand_FailsAtOnceAndSaysSo()
    {
        var world = new World();
        JsonRpcClient client = world.Client(ByHand);

        ServerUnavailableException failure = world.Virtual.Subscribe(client.Request("m")).Failure<ServerUnavailableException>();
        client.Start();

        Assert.Equal(("m", Written.NotWritten), (failure.Method, failure.Written));
        Assert.Contains(nameof(JsonRpcClient.Start), failure.Message);
        Assert.Equal("\"a\"", world.Virtual.Subscribe(client.Request("m")).Value.ToString());
    }

    [Fact]
    public async Task Start_AfterDispose_Throws()
    {
        var world = new World();
        JsonRpcClient client = world.Client();

        await client.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(client.Start);
        world.Virtual.Subscribe(client.Request("m")).Failure<ObjectDisposedException>();
        Assert.NotNull(world.Virtual.Subscribe(client.Notifications).CompletedAt);
        Assert.Empty(world.Server.Accepted);
    }

    [Fact]
    public void Topology_IsSubscribedWithTheStart()
    {
        var lists = new BehaviorSubject<IReadOnlyList<ServerAddress>>([]);
        var world = new World();
        JsonRpcClient client = world.Client(options => options with { Servers = [], Topology = lists });
        lists.OnNext([world.Address]);
        Assert.False(lists.HasObservers);

        // The list is there before the first request looks for a server.
        Answers<NotifyReport> reports = world.Virtual.Subscribe(client.NotifyAll("m"));

        Assert.True(lists.HasObservers);
        Assert.Null(Assert.Single(reports.Values).Value.Failure);
    }

    [Fact]
    public void Enable_BeforeStart_ConnectsWithTheStart()
    {
        var world = new World();
        JsonRpcClient client = world.Client(ByHand);
        client.Disable(world.Address);
        client.Enable(world.Address);
        Assert.Empty(world.Server.Accepted);

        client.Start();

        Assert.Single(world.Server.Accepted);
    }

    [Fact]
    public void Disable_BeforeStart_KeepsItsConnectionsClosed()
    {
        var world = new World();
        JsonRpcClient client = world.Client(ByHand);
        client.Disable(world.Address);

        client.Start();
        Assert.Empty(world.Server.Accepted);

        client.Enable(world.Address);
        Assert.Single(world.Server.Accepted);
    }

    [Fact]
    public void Start_ServerSpeaksFirst_NothingOfItIsLost()
    {
        var world = new World();
        for (int i = 0; i < 30; i++)
        {
            world.Server.OnAccepted = connection =>
            {
                connection.TrySend("""{"jsonrpc":"2.0","method":"hello","params":[1]}"""u8);
                connection.TrySend("""{"jsonrpc":"2.0","method":"who_are_you","id":1}"""u8);
            };
            JsonRpcClient client = world.Client(ByHand);
            Answers<ServerNotification> greetings = world.Virtual.Subscribe(client.Notifications);
            Answers<ServerRequest> asked = world.Virtual.Subscribe(client.CallsTo("who_are_you"));

            client.Start();

            Assert.Equal("hello", Assert.Single(greetings.Values).Value.Method);
            Assert.True(Assert.Single(asked.Values).Value.TryAnswer(RawJson.Parse("\"me\"")));
        }
        Assert.All(world.Answered, answer => Assert.Contains("\"result\":\"me\"", answer));
        Assert.Equal(30, world.Answered.Count);
    }

    [Fact]
    public void AutoStart_ObserverOfNotifications_IsThereBeforeTheServerSpeaks()
    {
        var world = new World();
        world.Server.OnAccepted = connection => connection.TrySend("""{"jsonrpc":"2.0","method":"hello"}"""u8);

        Answers<ServerNotification> greetings = world.Virtual.Subscribe(world.Client().Notifications);

        Assert.Single(greetings.Values);
    }

    [Fact]
    public void Start_AsyncLocalValuesOfTheFirstRequest_DoNotReachTheConnections()
    {
        var world = new World();
        var connector = new ContextWatch(world.Virtual.Network);
        JsonRpcClient client = world.Client(options => options with { Connector = connector });

        Assert.Equal("\"a\"", world.Virtual.Subscribe(client.Request("m")).Value.ToString());

        Assert.Equal([true], connector.Suppressed);
        Assert.False(ExecutionContext.IsFlowSuppressed());
    }

    [Fact]
    public async Task Start_OverSockets_NoGreetingOfThirtyIsLost()
    {
        var limit = TimeSpan.FromSeconds(30);
        for (int i = 0; i < 30; i++)
        {
            var greeted = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            var answered = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var server = new TcpListener(IPAddress.Loopback, 0);
            server.Start();
            Task<string> peer = GreetAsync(server);
            await using var client = new JsonRpcClient(new JsonRpcClientOptions
            {
                Servers = [new ServerAddress(server.LocalEndpoint)],
                AutoStart = false,
            });
            using IDisposable greetings = client.Notifications.Subscribe(pushed => greeted.TrySetResult(pushed.Method));
            using IDisposable asked = client.CallsTo("who_are_you").Subscribe(request => request.TryAnswer(RawJson.Parse("\"me\"")));

            client.Start();

            Assert.Equal("hello", await greeted.Task.WaitAsync(limit));
            Assert.Contains("\"result\":\"me\"", await peer.WaitAsync(limit));
        }
    }

    [Fact]
    public void Start_TwoFirstRequestsRace_BothAreAnswered() => Race.Run(
        300,
        () =>
        {
            var world = new World();
            var lists = new BehaviorSubject<IReadOnlyList<ServerAddress>>([world.Address]);
            return (World: world, Client: world.Client(options => options with { Servers = [], Topology = lists }), Answers: new Answers<RawJson>[2]);
        },
        round => round.Answers[0] = round.World.Virtual.Subscribe(round.Client.Request("m")),
        round => round.Answers[1] = round.World.Virtual.Subscribe(round.Client.Request("m")),
        round =>
        {
            Assert.All(round.Answers, answers => Assert.Equal("\"a\"", answers.Value.ToString()));
            Assert.Single(round.World.Server.Accepted);
        });

    [Fact]
    public void Start_RacesWithDispose_LeavesNoConnectionOpen() => Race.Run(
        300,
        () =>
        {
            var world = new World();
            return (World: world, Client: world.Client());
        },
        round =>
        {
            try
            {
                round.Client.Start();
            }
            catch (ObjectDisposedException)
            {
                // The other thread was first.
            }
        },
        round => round.Client.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(30)),
        round =>
        {
            round.World.Virtual.AdvanceTo(10_000);
            Assert.False(round.World.Server.Connection?.TrySend("late"u8) ?? false);
        });

    /// <summary>Speaks first, and gives what the client answers.</summary>
    private static async Task<string> GreetAsync(TcpListener server)
    {
        using TcpClient peer = await server.AcceptTcpClientAsync();
        NetworkStream stream = peer.GetStream();
        string first = RawTcpServer.Netstring("""{"jsonrpc":"2.0","method":"hello"}""") + RawTcpServer.Netstring("""{"jsonrpc":"2.0","method":"who_are_you","id":1}""");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(first));
        var answer = new StringBuilder();
        byte[] bytes = new byte[1024];
        while (!answer.ToString().EndsWith(','))
        {
            int read = await stream.ReadAsync(bytes);
            if (read == 0) break;
            answer.Append(Encoding.UTF8.GetString(bytes, 0, read));
        }
        return answer.ToString();
    }

    private static void Use(JsonRpcClient client, string use)
    {
        switch (use)
        {
            case nameof(JsonRpcClient.Request): client.Request("m").Subscribe(_ => { }, _ => { }); break;
            case nameof(JsonRpcClient.RequestAsync): _ = client.RequestAsync("m").AsTask(); break;
            case nameof(JsonRpcClient.Call): client.Call("m").Subscribe(_ => { }, _ => { }); break;
            case nameof(JsonRpcClient.Notify): client.Notify("m").Subscribe(_ => { }, _ => { }); break;
            case nameof(JsonRpcClient.NotifyAll): client.NotifyAll("m").Subscribe(); break;
            case nameof(JsonRpcClient.Notifications): client.Notifications.Subscribe(); break;
            case nameof(JsonRpcClient.Calls): client.Calls.Subscribe(); break;
            case nameof(JsonRpcClient.CallsTo): client.CallsTo("m").Subscribe(); break;
            case nameof(JsonRpcClient.Changes): client.Changes.Subscribe(); break;
            case nameof(JsonRpcClient.Diagnostics): client.Diagnostics.Subscribe(); break;
            case nameof(JsonRpcClient.Records): client.Records.Subscribe(); break;
            case nameof(JsonRpcClient.TopologyFaults): client.TopologyFaults.Subscribe(); break;
            case nameof(JsonRpcClient.Snapshot): client.Snapshot(); break;
            case nameof(JsonRpcClient.Drain): client.Drain(client.Groups[0].Servers[0].Address); break;
            case nameof(JsonRpcClient.Enable): client.Enable(client.Groups[0].Servers[0].Address); break;
            default: throw new ArgumentException(use);
        }
    }

    private sealed class ContextWatch(IConnector inner) : IConnector
    {
        public List<bool> Suppressed { get; } = [];

        public ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
        {
            Suppressed.Add(ExecutionContext.IsFlowSuppressed());
            return inner.ConnectAsync(endPoint, cancellationToken);
        }
    }

    /// <summary>One server, and clients that nobody has started.</summary>
    private sealed class World
    {
        private readonly Rx.JsonRpc.Testing.InMemoryEndPoint _place = new("a");

        public World()
        {
            Server = new FakeServer(Virtual.Network, _place, Virtual.Clock) { OnCall = call => call.Result("\"a\""), OnUnreadable = Answered.Add };
            Server.Start();
        }

        public ClientInVirtualTime Virtual { get; } = new();

        public FakeServer Server { get; }

        public List<string> Answered { get; } = [];

        public ServerAddress Address => new(_place);

        public JsonRpcClient Client(Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
        {
            JsonRpcClientOptions options = Virtual.Network.ClientOptions(Address);
            return new JsonRpcClient(change is null ? options : change(options), Virtual.Clock);
        }
    }
}
