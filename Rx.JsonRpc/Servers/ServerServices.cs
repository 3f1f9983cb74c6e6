using System.Reactive.Concurrency;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>What the servers of one client share.</summary>
internal sealed class ServerServices
{
    private readonly Dictionary<int, BreakerGroup> _breakers = [];

    public ServerServices(JsonRpcClientOptions options, IConnector connector, IJsonRpcSerializer serializer, IScheduler clock)
    {
        Options = options;
        Connector = connector;
        Serializer = serializer;
        Clock = clock;
        Stopwatch = clock.StartStopwatch();
        Continuations = new Continuations(options.Continuations);
        Waiting = new WaitingRequests(options.MaxWaitingRequests, Continuations);
        Changes = new Publisher<ServerChange>(Continuations, options.MaxQueuedEvents);
        Notifications = new Publisher<ServerNotification>(Continuations, options.MaxQueuedEvents);
        Diagnostics = new Publisher<ServerDiagnostic>(Continuations, options.MaxQueuedEvents);
    }

    public JsonRpcClientOptions Options { get; }

    public IConnector Connector { get; }

    public IJsonRpcSerializer Serializer { get; }

    public IScheduler Clock { get; }

    /// <summary>The time that the client's requests are measured by.</summary>
    public IStopwatch Stopwatch { get; }

    /// <summary>Every server of the client.</summary>
    public IReadOnlyList<Server> Servers { get; set; } = [];

    public Continuations Continuations { get; }

    /// <summary>The client's requests that wait for any of the servers.</summary>
    public WaitingRequests Waiting { get; }

    public Publisher<ServerChange> Changes { get; }

    public Publisher<ServerNotification> Notifications { get; }

    public Publisher<ServerDiagnostic> Diagnostics { get; }

    /// <summary>A breaker for a server of that priority. Called while the client is made.</summary>
    public CircuitBreaker MakeBreaker(int priority)
    {
        if (!_breakers.TryGetValue(priority, out BreakerGroup? group)) _breakers.Add(priority, group = new BreakerGroup());
        return new CircuitBreaker(Options.Breaker, group);
    }

    /// <summary>Completes the hot observables once what waits for their observers has been delivered.</summary>
    public Task Complete() => Task.WhenAll(Changes.Complete(), Notifications.Complete(), Diagnostics.Complete());
}
