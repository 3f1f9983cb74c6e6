using System.Reactive.Concurrency;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>What the servers of one client share.</summary>
internal sealed class ServerServices
{
    public ServerServices(JsonRpcClientOptions options, IConnector connector, IJsonRpcSerializer serializer, IScheduler clock)
    {
        Options = options;
        Connector = connector;
        Serializer = serializer;
        Clock = clock;
        Continuations = new Continuations(options.Continuations);
        Changes = new Publisher<ServerChange>(Continuations, options.MaxQueuedEvents);
        Notifications = new Publisher<ServerNotification>(Continuations, options.MaxQueuedEvents);
        Diagnostics = new Publisher<ServerDiagnostic>(Continuations, options.MaxQueuedEvents);
    }

    public JsonRpcClientOptions Options { get; }

    public IConnector Connector { get; }

    public IJsonRpcSerializer Serializer { get; }

    public IScheduler Clock { get; }

    public Continuations Continuations { get; }

    public Publisher<ServerChange> Changes { get; }

    public Publisher<ServerNotification> Notifications { get; }

    public Publisher<ServerDiagnostic> Diagnostics { get; }

    /// <summary>Completes the hot observables once what waits for their observers has been delivered.</summary>
    public Task Complete() => Task.WhenAll(Changes.Complete(), Notifications.Complete(), Diagnostics.Complete());
}
