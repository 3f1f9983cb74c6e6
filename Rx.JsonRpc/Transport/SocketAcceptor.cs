using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;

namespace Rx.JsonRpc.Transport;

/// <summary>Listens on a TCP port or a Unix domain socket.</summary>
/// <remarks>
/// A Unix socket's file that a dead process left behind is replaced; the own file goes with the acceptor. Failures that concern one
/// connection or a passing shortage (too many open files) do not end the listening.
/// </remarks>
public sealed class SocketAcceptor : IAcceptor
{
    private const int Backlog = 512;

    private readonly Socket _socket;
    private readonly IScheduler _scheduler;
    private readonly CancellationTokenSource _closing = new();
    private volatile bool _stopping;
    // The system's queue holds one more than it is asked for.
    private int _mayBeLeft = Backlog + 1;

    /// <summary>Binds and listens.</summary>
    /// <param name="endPoint">
    /// An <see cref="IPEndPoint"/> (port 0 lets the system choose; <see cref="IPAddress.IPv6Any"/> takes IPv4 too) or a
    /// <see cref="UnixDomainSocketEndPoint"/>.
    /// </param>
    /// <param name="scheduler">The clock of every wait.</param>
    /// <exception cref="SocketException">The address cannot be listened on, for instance because it is in use.</exception>
    /// <exception cref="NotSupportedException">The end point is of another kind.</exception>
    public SocketAcceptor(EndPoint endPoint, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(scheduler);
        if (endPoint is not (IPEndPoint or UnixDomainSocketEndPoint))
        {
            throw new NotSupportedException(
                $"Cannot listen on {endPoint} ({endPoint.GetType().Name}); expected an IP or Unix domain socket end point.");
        }
        _scheduler = scheduler;
        if (endPoint is UnixDomainSocketEndPoint unix) StaleSocketFile.Remove(unix);
        _socket = StreamSocket.Create(endPoint);
        try
        {
            if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any)) _socket.DualMode = true;
            _socket.Bind(endPoint);
            _socket.Listen(Backlog);
            LocalEndPoint = _socket.LocalEndPoint ?? endPoint;
        }
        catch (Exception failure)
        {
            Dispose();
            if (failure is SocketException refused && endPoint is UnixDomainSocketEndPoint) throw UnixSocketFault.Of(endPoint, refused);
            throw;
        }
    }

    /// <summary>How the system watches over TCP connections on which nothing moves.</summary>
    public TcpKeepAlive KeepAlive { get; init; } = TcpKeepAlive.Default;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint { get; }

    /// <inheritdoc/>
    public async ValueTask<AcceptedConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        try
        {
            return await AcceptRetry.RunAsync(AcceptOneAsync, _scheduler, either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (_closing.IsCancellationRequested)
        {
            return _stopping ? await AcceptLeftAsync(cancellationToken).ConfigureAwait(false) : null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void StopListening()
    {
        if (_closing.IsCancellationRequested) return;
        _stopping = true;
        _closing.Cancel();
    }

    /// <summary>Ends the listening and every <see cref="AcceptAsync"/> that waits; peers that were not accepted yet are refused.</summary>
    public void Dispose()
    {
        if (_closing.IsCancellationRequested && !_stopping) return;
        _stopping = false;
        _closing.Cancel();
        // Removes a Unix socket's file too: a Socket remembers the path that it was bound to.
        _socket.Dispose();
    }

    private async ValueTask<AcceptedConnection> AcceptOneAsync(CancellationToken cancellationToken)
    {
        return Accepted(await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The next connection that a peer has opened already; null, and the end of the listening, when there is none.</summary>
    private async ValueTask<AcceptedConnection?> AcceptLeftAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Bounded: the system goes on taking connections until the listening ends, and peers that connect again and again would hold it up.
            while (_mayBeLeft-- > 0 && _socket.Poll(0, SelectMode.SelectRead))
            {
                try
                {
                    return await AcceptOneAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
                {
                    // That peer has gone; the next one may be there.
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // Disposed meanwhile, or no more can be accepted.
        }
        Dispose();
        return null;
    }

    private AcceptedConnection Accepted(Socket socket)
    {
        try
        {
            if (LocalEndPoint is IPEndPoint)
            {
                socket.NoDelay = true;
                TcpWatch.Apply(socket, KeepAlive);
            }
            EndPoint remote = socket.RemoteEndPoint ?? LocalEndPoint;
            return new AcceptedConnection(new SocketPipe(socket, _scheduler, accepted: true), remote);
        }
        catch (SocketException)
        {
            // The peer has gone already: which error that gives here depends on the system.
            socket.Dispose();
            throw new SocketException((int)SocketError.ConnectionReset);
        }
    }
}
