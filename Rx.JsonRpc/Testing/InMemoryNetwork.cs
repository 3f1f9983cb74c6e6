using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Testing;

/// <summary>A network inside the process for tests: no sockets, no threads, no time.</summary>
/// <remarks>
/// Everything happens on the calling thread: when <see cref="ConnectAsync"/> returns, an acceptor that was waiting has its connection and
/// has done what it does about it. Any kind of end point serves as a name, so a server list that names hosts and ports can be played too.
/// </remarks>
public sealed class InMemoryNetwork : IConnector, IListenerTransport
{
    private readonly ConcurrentDictionary<EndPoint, InMemoryAcceptor> _listening = new();
    private int _clients;

    /// <inheritdoc/>
    public IAcceptor Listen(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var acceptor = new InMemoryAcceptor(endPoint, closed => _listening.TryRemove(KeyValuePair.Create(endPoint, closed)));
        return _listening.TryAdd(endPoint, acceptor)
            ? acceptor
            : throw new SocketException((int)SocketError.AddressAlreadyInUse, $"{endPoint} is already listened on.");
    }

    /// <summary>Connects to whoever listens.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="cancellationToken">Only a token that is cancelled beforehand has an effect: connecting takes no time.</param>
    /// <returns>The client's end, an <see cref="InMemoryConnection"/>; already there.</returns>
    /// <exception cref="SocketException"><see cref="SocketError.ConnectionRefused"/>: nobody listens, or nobody accepts.</exception>
    public ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<IDuplexPipe>(cancellationToken);
        if (!_listening.TryGetValue(endPoint, out InMemoryAcceptor? acceptor)) return Refused($"Nobody listens on {endPoint}.");
        var client = new InMemoryEndPoint($"client-{Interlocked.Increment(ref _clients)}");
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(client, endPoint);
        return acceptor.TryConnect(far)
            ? ValueTask.FromResult<IDuplexPipe>(near)
            : Refused($"Too many connections wait to be accepted on {endPoint}.");
    }

    private static ValueTask<IDuplexPipe> Refused(string why) =>
        ValueTask.FromException<IDuplexPipe>(new SocketException((int)SocketError.ConnectionRefused, why));
}
