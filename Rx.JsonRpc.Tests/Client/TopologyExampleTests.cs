using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>Quoted in docs/resilience.md.</summary>
public class TopologyExampleTests
{
    [Fact]
    public async Task Example_ServersComeAndGo()
    {
        var clock = new TestScheduler();
        var network = new InMemoryNetwork(clock);
        using ScriptedServer a = new ScriptedServer(network, new InMemoryEndPoint("a"), clock).OnAny(answer => answer.Result("1"));
        using ScriptedServer b = new ScriptedServer(network, new InMemoryEndPoint("b"), clock).OnAny(answer => answer.Result("2"));

        var topology = new BehaviorSubject<IReadOnlyList<ServerAddress>>([a.WithPriority(2), b.WithPriority(1)]);
        JsonRpcClientOptions options = network.ClientOptions() with
        {
            Topology = topology,
            Balancing = Balancing.LeastInFlight,
            FailbackDelay = TimeSpan.FromSeconds(10),
            SlowStart = TimeSpan.FromSeconds(30),
        };
        await using var client = new JsonRpcClient(options, clock);
        client.Start();                                             // or with its first request

        client.Disable(a.WithPriority(2));                          // before a is restarted; b answers meanwhile
        client.Enable(a.WithPriority(2));                           // and afterwards
        topology.OnNext([b.WithPriority(1)]);                       // a drains, b keeps its connection
        foreach (ServerSnapshot server in client.Snapshot().Servers) Console.WriteLine($"{server.Address}: {server.State} ({server.Reason})");

        Assert.Equal(["memory:b"], client.Groups.SelectMany(group => group.Servers).Select(server => server.Address.ToString()));
    }
}
