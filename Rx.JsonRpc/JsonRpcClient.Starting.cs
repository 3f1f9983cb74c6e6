using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

public sealed partial class JsonRpcClient
{
    private readonly ClientStart _start;

    /// <summary>
    /// Connects to the servers, and keeps connecting; subscribes the topology. With <see cref="JsonRpcClientOptions.AutoStart"/> the first
    /// request or the first subscription of pushes does this. From any thread; a client that has been started stays as it is.
    /// </summary>
    /// <remarks>Returns without waiting for a connection. Subscribe first what must not miss anything that a server says.</remarks>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _start.Start();
    }

    private void Connect()
    {
        _servers.Start();
        if (_options.Topology is not null) _topology.Start(_options.Topology);
    }
}
