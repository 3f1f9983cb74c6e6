using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

public sealed partial class JsonRpcClient
{
    private const string ByHand = "by hand";

    /// <summary>What was wrong with the topology: lists that were refused, and its failure. Hot; completes when the client is disposed.</summary>
    public IObservable<TopologyFault> TopologyFaults => _services.TopologyFaults;

    /// <summary>What holds now, for every server. From any thread; it counts the requests in flight, so not once per request.</summary>
    /// <returns>A copy that does not change.</returns>
    public ClientSnapshot Snapshot() => new()
    {
        At = _clock.Now,
        Servers = [.. _servers.All.Select(server => server.Snapshot())],
        TopologyFault = _topology.Fault,
        Failures = _services.FailureCount,
    };

    /// <summary>
    /// Gives the server no new requests, as from now; those in flight may end, those that still wait for its first connection move on. It
    /// stays connected.
    /// </summary>
    /// <param name="address">The server, found by its end point; priority and weight do not matter.</param>
    /// <exception cref="ArgumentException">The client has no such server (any more); lists those it has.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Drain(ServerAddress address) => Order(address, Duty.Draining, $"drained {ByHand}");

    /// <summary>As <see cref="Drain"/>, and closes each of its connections when nothing is in flight on it; it is not connected again.</summary>
    /// <param name="address">The server, found by its end point; priority and weight do not matter.</param>
    /// <exception cref="ArgumentException">The client has no such server (any more); lists those it has.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Disable(ServerAddress address) => Order(address, Duty.Disabled, $"disabled {ByHand}");

    /// <summary>
    /// Takes <see cref="Drain"/> or <see cref="Disable"/> back. Also brings back a server that was retired because its attempts to connect
    /// were used up.
    /// </summary>
    /// <param name="address">The server, found by its end point; priority and weight do not matter.</param>
    /// <exception cref="ArgumentException">The client has no such server (any more); lists those it has.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Enable(ServerAddress address) => Order(address, Duty.On, $"enabled {ByHand}");

    private void Order(ServerAddress address, Duty duty, string reason)
    {
        ArgumentNullException.ThrowIfNull(address);
        ObjectDisposedException.ThrowIf(_closed, this);
        _servers.Find(address).Order(duty, reason);
    }
}
