using System.Reactive.Concurrency;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>What the servers of one client share.</summary>
internal sealed class ServerServices
{
    private volatile IReadOnlyList<Server> _servers = [];

    public ServerServices(JsonRpcClientOptions options, IConnector connector, IJsonRpcSerializer serializer, IScheduler clock)
    {
        Options = options;
        Connector = connector;
        Serializer = serializer;
        Clock = clock;
        Stopwatch = clock.StartStopwatch();
        Breakers = new BreakerGroups(options.Breaker);
        Continuations = new Continuations(options.Continuations);
        Waiting = new WaitingRequests(options.MaxWaitingRequests, Continuations);
        Changes = new Publisher<ServerChange>(Continuations, options.MaxQueuedEvents);
        Notifications = new Publisher<ServerNotification>(Continuations, options.MaxQueuedEvents);
        Calls = new ServerCallRoutes(Continuations, options.MaxQueuedEvents);
        Diagnostics = new Publisher<ServerDiagnostic>(Continuations, options.MaxQueuedEvents);
        TopologyFaults = new Publisher<TopologyFault>(Continuations, options.MaxQueuedEvents);
        Records = new Publisher<RequestRecord>(Continuations, options.MaxQueuedEvents);
        Recorder = new RequestRecorder(Records, clock);
    }

    public JsonRpcClientOptions Options { get; }

    public IConnector Connector { get; }

    public IJsonRpcSerializer Serializer { get; }

    public IScheduler Clock { get; }

    /// <summary>The time that the client's requests are measured by.</summary>
    public IStopwatch Stopwatch { get; }

    public BreakerGroups Breakers { get; }

    /// <summary>Every server of the client, without those that have been removed and drain.</summary>
    public IReadOnlyList<Server> Servers
    {
        get => _servers;
        set => _servers = value;
    }

    public Continuations Continuations { get; }

    /// <summary>The client's requests that wait for any of the servers.</summary>
    public WaitingRequests Waiting { get; }

    public Publisher<ServerChange> Changes { get; }

    public Publisher<ServerNotification> Notifications { get; }

    /// <summary>What servers ask of this client.</summary>
    public ServerCallRoutes Calls { get; }

    public Publisher<ServerDiagnostic> Diagnostics { get; }

    public Publisher<TopologyFault> TopologyFaults { get; }

    public Publisher<RequestRecord> Records { get; }

    public RequestRecorder Recorder { get; }

    /// <summary>Completes the hot observables once what waits for their observers has been delivered.</summary>
    public Task Complete() => Task.WhenAll(
        Changes.Complete(), Notifications.Complete(), Calls.Complete(), Diagnostics.Complete(), TopologyFaults.Complete(), Records.Complete());
}
