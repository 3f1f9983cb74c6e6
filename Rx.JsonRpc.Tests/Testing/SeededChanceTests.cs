using System.Reactive.Linq;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Testing;

/// <summary>A client of the kit draws the same random numbers in each run, whatever draws them.</summary>
public class SeededChanceTests
{
    [Fact]
    public void ClientOptions_JitteredReconnects_ComeAtTheSameInstantsInEachRun()
    {
        DateTimeOffset[] first = Reconnects();

        Assert.Equal(first, Reconnects());
        Assert.True(first.Length > 4);
    }

    [Fact]
    public void ClientOptions_JitteredRoundsOfARequestsOwnPolicy_ComeAtTheSameInstantsInEachRun()
    {
        DateTimeOffset[] first = Rounds();

        Assert.Equal(first, Rounds());
        Assert.Equal(7, first.Length);
    }

    [Fact]
    public void ClientOptions_JitteredEjection_IsOverAtTheSameInstantInEachRun()
    {
        DateTimeOffset first = EndOfEjection();

        Assert.Equal(first, EndOfEjection());
        Assert.NotEqual(0, first.Ticks % TimeSpan.TicksPerMillisecond);
    }

    [Fact]
    public void ClientOptions_ServersDrawnAtRandom_AreTheSameInEachRun()
    {
        string first = Choices();

        Assert.Equal(first, Choices());
        Assert.Contains("ab", first);
        Assert.Contains("ba", first);
    }

    private static DateTimeOffset[] Reconnects()
    {
        var clock = new VirtualClock();
        var network = new InMemoryNetwork(clock);
        var client = new JsonRpcClient(network.ClientOptions(new ServerAddress(new InMemoryEndPoint("nobody"))), clock);
        var tried = new List<DateTimeOffset>();
        client.Changes.Where(change => change.To == ServerState.Connecting).Subscribe(_ => tried.Add(clock.Now));
        client.Start();
        clock.AdvanceBy(TimeSpan.FromMinutes(2));
        return [.. tried];
    }

    private static DateTimeOffset[] Rounds()
    {
        (JsonRpcClient client, ScriptedServer[] servers, VirtualClock clock) = World(options => options, "a");
        servers[0].On("m", answer => answer.Error(-32000, "busy"));
        var policy = new RequestPolicy { Retries = 6, TotalTimeout = TimeSpan.FromMinutes(1), RetryOn = ErrorCodes.Parse("-32000") };
        client.Request("m", policy: policy).Subscribe(_ => { }, _ => { });
        clock.AdvanceBy(TimeSpan.FromMinutes(1));
        return [.. servers[0].Received.Select(call => call.At)];
    }

    private static DateTimeOffset EndOfEjection()
    {
        (JsonRpcClient client, ScriptedServer[] servers, VirtualClock clock) = World(options => options, "a", "b");
        servers[0].On("m", answer => answer.Never());
        for (int i = 0; i < 12; i++) client.Request("m").Subscribe(_ => { }, _ => { });
        clock.AdvanceBy(TimeSpan.FromSeconds(1));
        ServerSnapshot ejected = Assert.Single(client.Snapshot().Servers, server => server.State == ServerState.Ejected);
        Assert.NotNull(ejected.EjectedUntil);
        return ejected.EjectedUntil.Value;
    }

    private static string Choices()
    {
        (JsonRpcClient client, ScriptedServer[] servers, _) =
            World(options => options with { Balancing = Balancing.LeastInFlight }, "a", "b");
        string choices = "";
        for (int i = 0; i < 40; i++)
        {
            int[] before = [.. servers.Select(server => server.Received.Count)];
            client.Request("m").Subscribe(_ => { }, _ => { });
            choices += servers[0].Received.Count > before[0] ? "a" : "b";
        }
        return choices;
    }

    private static (JsonRpcClient Client, ScriptedServer[] Servers, VirtualClock Clock) World(
        Func<JsonRpcClientOptions, JsonRpcClientOptions> change, params string[] names)
    {
        var clock = new VirtualClock();
        var network = new InMemoryNetwork(clock);
        ScriptedServer[] servers = [.. names.Select(name => new ScriptedServer(network, new InMemoryEndPoint(name), clock))];
        var client = new JsonRpcClient(change(network.ClientOptions([.. servers.Select(server => server.WithPriority(1))])), clock);
        client.Start();
        return (client, servers, clock);
    }
}
