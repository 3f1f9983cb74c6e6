using System.Reactive.Disposables;

namespace Rx.JsonRpc.Servers;

/// <summary>Takes the lists of a topology into the set of servers; what cannot be used is told and changes nothing.</summary>
internal sealed class TopologyFeed : IObserver<IReadOnlyList<ServerAddress>>, IDisposable
{
    private readonly ServerSet _servers;
    private readonly ServerServices _services;
    private readonly SingleAssignmentDisposable _subscription = new();
    private volatile TopologyFault? _fault;

    public TopologyFeed(ServerSet servers, ServerServices services)
    {
        _servers = servers;
        _services = services;
    }

    public TopologyFault? Fault => _fault;

    public void Start(IObservable<IReadOnlyList<ServerAddress>> topology)
    {
        try
        {
            _subscription.Disposable = topology.Subscribe(this);
        }
        catch (Exception thrown)
        {
            OnError(thrown);
        }
    }

    public void OnNext(IReadOnlyList<ServerAddress> list)
    {
        ServerAddress[] servers;
        try
        {
            // A copy: what is checked must be what is used.
            servers = [.. list];
        }
        catch (Exception unreadable)
        {
            Tell($"the list of servers cannot be read: {(list is null ? "it is null" : unreadable.Message)}", null);
            return;
        }
        string[] faults = [.. ServerListFaults.In(servers, "servers")];
        if (faults.Length > 0)
        {
            Tell($"the list of servers is faulty, the last one stands: {string.Join("; ", faults)}", null);
            return;
        }
        _fault = null;
        _servers.Become(servers);
    }

    public void OnError(Exception error) => Tell($"the topology failed, its last list stands: {error.Message}", error);

    public void OnCompleted()
    {
        // The last list stands.
    }

    public void Dispose() => _subscription.Dispose();

    private void Tell(string reason, Exception? error)
    {
        var fault = new TopologyFault(reason, error, _services.Clock.Now);
        _fault = fault;
        _services.TopologyFaults.TryPublish(fault);
    }
}
