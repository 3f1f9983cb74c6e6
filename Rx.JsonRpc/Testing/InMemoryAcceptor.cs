using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Testing;

/// <summary>The listening end of an <see cref="InMemoryNetwork"/>.</summary>
internal sealed class InMemoryAcceptor : IAcceptor
{
    private const int Backlog = 128;

    private readonly Channel<InMemoryConnection> _waiting = Channel.CreateBounded<InMemoryConnection>(
        new BoundedChannelOptions(Backlog) { AllowSynchronousContinuations = true });

    private readonly Action<InMemoryAcceptor> _closed;

    public InMemoryAcceptor(EndPoint endPoint, Action<InMemoryAcceptor> closed)
    {
        LocalEndPoint = endPoint;
        _closed = closed;
    }

    public EndPoint LocalEndPoint { get; }

    /// <summary>Hands the server's end to whoever accepts, now or later.</summary>
    /// <param name="connection">The server's end.</param>
    /// <returns>False when too many wait already, or the acceptor was disposed.</returns>
    public bool TryConnect(InMemoryConnection connection) => _waiting.Writer.TryWrite(connection);

    public async ValueTask<AcceptedConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            InMemoryConnection connection = await _waiting.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            return new AcceptedConnection(connection, connection.RemoteEndPoint);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public void StopListening()
    {
        using NoSynchronizationContext none = NoSynchronizationContext.Enter();
        _closed(this);
        _waiting.Writer.TryComplete();
    }

    public void Dispose()
    {
        StopListening();
        while (_waiting.Reader.TryRead(out InMemoryConnection? connection))
        {
            connection.Abort(new SocketException((int)SocketError.ConnectionReset, $"{LocalEndPoint} stopped listening."));
        }
    }
}
