using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>Where the lists come from: a source that is faulty, ends, or outlives its client.</summary>
public class TopologySourceTests : TopologyScene
{
    [Fact]
    public void OnNext_FaultyLists_AreRefusedAsAWholeAndTold()
    {
        JsonRpcClient client = Client("a b");
        Answers<TopologyFault> faults = World.Subscribe(client.TopologyFaults);
        IReadOnlyList<ServerGroup> before = client.Groups;

        Topology.OnNext(null!);
        Topology.OnNext([Address("b"), Address("b")]);
        Topology.OnNext([Address("b"), null!]);
        Topology.OnNext([Address("b") with { Weight = 0 }]);
        Topology.OnNext(new Unreadable());

        Assert.Same(before, client.Groups);
        Assert.Equal(
            [
                "the list of servers cannot be read: it is null",
                "the list of servers is faulty, the last one stands: servers[1] names memory:b again",
                "the list of servers is faulty, the last one stands: servers[1] has no end point",
                "the list of servers is faulty, the last one stands: servers[0].Weight is 0; it must be at least 1",
                "the list of servers cannot be read: the registry is gone",
            ],
            faults.Values.Select(fault => fault.Value.Reason));
        Assert.Equal(faults.Values[^1].Value, client.Snapshot().TopologyFault);
        Push(client, "a");
        Assert.Null(client.Snapshot().TopologyFault);
    }

    [Fact]
    public void OnError_KeepsTheLastListAndIsTold()
    {
        JsonRpcClient client = Client("a b", initially: "a");
        Answers<TopologyFault> faults = World.Subscribe(client.TopologyFaults);
        Push(client, "b");
        var failure = new IOException("the registry is gone");

        Topology.OnError(failure);

        Assert.Equal("\"b\"", One(client));
        Assert.Same(failure, Assert.Single(faults.Values).Value.Error);
    }

    [Fact]
    public void OnCompleted_KeepsTheLastListSilently()
    {
        JsonRpcClient client = Client("a");
        Answers<TopologyFault> faults = World.Subscribe(client.TopologyFaults);
        Topology.OnCompleted();
        Assert.Equal("\"a\"", One(client));
        Assert.True(faults.Silent);
    }

    [Fact]
    public void Subscribe_Throws_IsTheTopologysFailure()
    {
        JsonRpcClient client = Client("a", change: options => options with
        {
            Topology = new RawObservable<IReadOnlyList<ServerAddress>>(Throw),
        });
        Assert.Equal("\"a\"", One(client));
        Assert.Contains("no registry", client.Snapshot().TopologyFault!.Reason);

        static IDisposable Throw(IObserver<IReadOnlyList<ServerAddress>> observer) => throw new IOException("no registry");
    }

    [Fact]
    public async Task Dispose_UnsubscribesAndClosesAlsoWhatStillDrains()
    {
        JsonRpcClient client = Client("a b c", initially: "a b");
        World["a"].OnCall = _ => { };
        Answers<RawJson> open = World.Subscribe(client.Request("m", policy: Patient));
        Push(client, "b");

        await client.DisposeAsync();

        Assert.False(Topology.HasObservers);
        open.Failure<ObjectDisposedException>();
        Assert.False(World["a"].Connection!.TrySend("late"u8));
        Assert.Contains("Draining -> Retired", Told("a")[^1]);
        int told = World.Changes.Count;
        World.AdvanceTo(120_000);
        Assert.Equal(told, World.Changes.Count);
        Assert.Empty(World["c"].Accepted);
    }

    [Fact]
    public async Task OnNext_FromATopologyThatDoesNotStop_AfterDisposeConnectsNobody()
    {
        IObserver<IReadOnlyList<ServerAddress>>? told = null;
        JsonRpcClient client = Client("a b", initially: "a", change: options => options with
        {
            Topology = new RawObservable<IReadOnlyList<ServerAddress>>(observer => { told = observer; }),
        });
        await client.DisposeAsync();

        told!.OnNext([Address("b")]);

        Assert.Empty(World["b"].Accepted);
    }

    [Fact]
    public async Task Dispose_DrainTimeoutOfARemovedServerPassesMeanwhile_IsStillToldAsDisposed()
    {
        JsonRpcClient client = Client("a b", change: options => options with { DrainTimeout = TimeSpan.FromSeconds(1) });
        World["a"].OnCall = _ => { };
        World.Subscribe(client.Request("m", policy: Patient));
        Push(client, "b");
        World.Network.At("a").BlackHole();
        World.AdvanceTo(800);
        Task disposed = client.DisposeAsync().AsTask();

        World.AdvanceTo(2_000);
        await disposed.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("1300: Draining -> Retired (the client was disposed)", Told("a")[^1]);
    }

    [Fact]
    public void OnNext_RacesWithDispose_LeavesNoConnectionOpen() => Race.Run(
        300,
        () =>
        {
            var world = new ClientInVirtualTime();
            var topology = new Subject<IReadOnlyList<ServerAddress>>();
            JsonRpcClient client = world.Client("a b", options => options with { Servers = [options.Servers[0]], Topology = topology });
            return (World: world, Client: client, Topology: topology);
        },
        round => round.Topology.OnNext([new ServerAddress(new Rx.JsonRpc.Testing.InMemoryEndPoint("b"))]),
        round => round.Client.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(30)),
        round =>
        {
            round.World.AdvanceTo(10_000);
            Assert.All(new[] { "a", "b" }, name => Assert.False(round.World[name].Connection?.TrySend("late"u8) ?? false));
        });

    private sealed class Unreadable : IReadOnlyList<ServerAddress>
    {
        public int Count => throw new IOException("the registry is gone");

        public ServerAddress this[int index] => throw new IOException("the registry is gone");

        public IEnumerator<ServerAddress> GetEnumerator() => throw new IOException("the registry is gone");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
