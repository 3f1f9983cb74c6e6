using System.Net;
using System.Reactive.Subjects;
using System.Text.Json.Nodes;
using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>What a gateway is to be: from the command line alone, or from a file.</summary>
internal sealed class GatewayPlan
{
    private readonly EvapiGatewayOptions _options;
    private readonly IReadOnlyList<(string Name, JsonRpcClientOptions Options, Func<string, UsageException> Fault)> _pools;
    private readonly Func<string, UsageException> _fault;

    private GatewayPlan(
        EvapiGatewayOptions options, IEnumerable<(string, JsonRpcClientOptions, Func<string, UsageException>)> pools, Func<string, UsageException> fault)
    {
        _options = options;
        _pools = [.. pools];
        _fault = fault;
    }

    /// <summary>How long a drain may take when the file says so.</summary>
    public TimeSpan? DrainLimit { get; private init; }

    /// <summary>The servers of each pool.</summary>
    public IEnumerable<(string Pool, IReadOnlyList<ServerAddress> Servers)> Servers => _pools.Select(pool => (pool.Name, pool.Options.Servers));

    private JsonNode? Json { get; init; }

    public static GatewayPlan OfArguments(IReadOnlyList<EndPoint> sockets, IReadOnlyList<ServerAddress> servers, RequestPolicy policy)
    {
        var options = new EvapiGatewayOptions { Sockets = sockets };
        return new GatewayPlan(options, [(options.DefaultPool, PoolOptions.Of(servers, policy, options.MaxInFlight), Fault)], Fault);

        static UsageException Fault(string fault) => new(fault);
    }

    /// <param name="file">The file.</param>
    /// <param name="sockets">Sockets that take the place of the file's; empty for none.</param>
    public static GatewayPlan OfFile(ConfigFile file, IReadOnlyList<EndPoint> sockets)
    {
        GatewayConfig read = file.Config;
        if (sockets.Count == 0) sockets = read.Evapi ?? throw file.Fault([], "names no evapi socket; expected \"evapi\": \"127.0.0.1:8448\", or --evapi");
        if (read.Pools is not { Count: > 0 } pools) throw file.Fault([], "names no pools; expected \"pools\": { \"default\": { \"servers\": \"host:port\" } }");
        var usual = new EvapiGatewayOptions();
        EvapiGatewayOptions options = usual with
        {
            Sockets = sockets,
            DefaultPool = read.DefaultPool ?? usual.DefaultPool,
            MaxInFlight = read.MaxInFlight ?? usual.MaxInFlight,
            MaxBufferedBytes = read.MaxBufferedBytes ?? usual.MaxBufferedBytes,
            MaxFrameBytes = read.MaxFrameBytes ?? usual.MaxFrameBytes,
            MaxAnswerBytes = read.MaxAnswerBytes ?? usual.MaxAnswerBytes,
            LeavingGrace = read.LeavingGrace ?? usual.LeavingGrace,
            ConnectTimeout = read.ConnectTimeout ?? usual.ConnectTimeout,
            Reconnect = PoolOptions.Backoff(read.Reconnect, usual.Reconnect),
        };
        if (options.MaxInFlight < 1) throw file.Fault(["maxInFlight"], $"is {options.MaxInFlight}; expected at least 1");
        if (read.DefaultPool is { } name && !pools.ContainsKey(name))
        {
            throw file.Fault(["defaultPool"], $"is '{name}'; expected one of the pools: {string.Join(", ", pools.Keys)}");
        }
        return new GatewayPlan(
            options,
            pools.Select(pool => (pool.Key, PoolOptions.Of(pool.Value!, options.MaxInFlight), PlaceOf(file, "pools", pool.Key))),
            PlaceOf(file))
        {
            DrainLimit = read.DrainLimit,
            Json = file.Json,
        };
    }

    /// <summary>Makes the clients, which connect, and the gateway, which does not yet.</summary>
    /// <exception cref="UsageException">Names the option that is out of its bounds.</exception>
    public async Task<RunningGateway> MakeAsync()
    {
        var clients = new Dictionary<string, JsonRpcClient>();
        var topologies = new Dictionary<string, BehaviorSubject<IReadOnlyList<ServerAddress>>>();
        Func<string, UsageException> fault = _fault;
        try
        {
            foreach ((string name, JsonRpcClientOptions options, Func<string, UsageException> place) in _pools)
            {
                fault = place;
                topologies.Add(name, new BehaviorSubject<IReadOnlyList<ServerAddress>>(options.Servers));
                clients.Add(name, new JsonRpcClient(options with { Topology = topologies[name] }));
            }
            fault = _fault;
            foreach (JsonRpcClient client in clients.Values) client.Start();
            return new RunningGateway(new EvapiGateway(_options with { Pools = clients }), clients, topologies);
        }
        catch (ArgumentException found)
        {
            foreach (JsonRpcClient client in clients.Values) await client.DisposeAsync().ConfigureAwait(false);
            throw fault(found.Message);
        }
    }

    /// <summary>What is wrong with the options, each fault in a line; nothing is connected.</summary>
    public IEnumerable<string> Faults()
    {
        foreach ((_, JsonRpcClientOptions options, Func<string, UsageException> place) in _pools)
        {
            if (FaultOf(options.ThrowIfFaulty) is { } fault) yield return place(fault).Message;
        }
        if (FaultOf(_options.ThrowIfFaulty) is { } ours) yield return _fault(ours).Message;
    }

    /// <summary>The members in which another plan differs from this one, but for the servers of pools that both have.</summary>
    public IEnumerable<string> ChangesBesideServers(GatewayPlan other) => ConfigDifference.Paths(Json, other.Json);

    private static string? FaultOf(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (ArgumentException fault)
        {
            return fault.Message;
        }
    }

    private static Func<string, UsageException> PlaceOf(ConfigFile file, params string[] path) => fault => file.Fault(path, fault);
}
