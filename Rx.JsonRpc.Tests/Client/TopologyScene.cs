using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>A client in virtual time whose servers come from a topology.</summary>
public abstract class TopologyScene
{
    private protected Subject<IReadOnlyList<ServerAddress>> Topology { get; } = new();

    private protected ClientInVirtualTime World { get; } = new();

    private protected static RequestPolicy Patient => new() { TryTimeout = TimeSpan.FromSeconds(50), TotalTimeout = TimeSpan.FromSeconds(100) };

    private protected JsonRpcClient Client(string servers, string? initially = null, Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null) =>
        World.Client(servers, options =>
        {
            options = options with { Servers = initially is null ? options.Servers : Addresses(initially), Topology = Topology };
            return change is null ? options : change(options);
        });

    private protected void Push(JsonRpcClient client, string servers)
    {
        Topology.OnNext(Addresses(servers));
        Assert.Null(client.Snapshot().TopologyFault);
    }

    private protected static ServerAddress[] Addresses(string servers) =>
        [.. servers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(item => item.Split(',')).Select(parts =>
            Address(parts[0].TrimEnd('!')) with { Priority = parts.Length > 1 ? int.Parse(parts[1]) : 0 })];

    private protected static ServerAddress Address(string name) => new(new Rx.JsonRpc.Testing.InMemoryEndPoint(name));

    private protected string One(JsonRpcClient client) => World.Subscribe(client.Request("m")).Value.ToString();

    private protected string[] Two(JsonRpcClient client) => [One(client), One(client)];

    private protected long[] Accepted(string name) => [.. World[name].Accepted.Select(ticks => ticks / TimeSpan.TicksPerMillisecond)];

    private protected string[] Told(string name) =>
        [.. World.Changes.Where(change => change.Server.ToString() == $"memory:{name}")
            .Select(change => $"{change.At.Ticks / TimeSpan.TicksPerMillisecond}: {change.From} -> {change.To} ({change.Reason})")];
}
