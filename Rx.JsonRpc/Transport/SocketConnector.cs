using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;

namespace Rx.JsonRpc.Transport;

/// <summary>Connects over TCP and Unix domain sockets: what a client uses when its options name no connector.</summary>
/// <remarks>
/// Knows <see cref="IPEndPoint"/>, <see cref="DnsEndPoint"/> and <see cref="UnixDomainSocketEndPoint"/>. All addresses of a host name are
/// tried, IPv6 and IPv4 in turn; each has 250 ms before the next joins in, so one dead address does not cost the whole connect timeout.
/// An address is tried last by the next connect to the same <see cref="DnsEndPoint"/> object when its connection ended before a byte came, or
/// before it counted as a success for the client or the gateway that it belonged to.
/// </remarks>
public sealed class SocketConnector : IConnector
{
    // RFC 8305, section 5, recommends 250 ms.
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    // By the end point's own reference: as long as a server has it, and no longer.
    private readonly ConditionalWeakTable<DnsEndPoint, FailedAddresses> _failed = [];
    private readonly IScheduler _scheduler;
    private readonly Func<DnsEndPoint, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <summary>Makes a connector.</summary>
    /// <param name="scheduler">The clock of every wait.</param>
    public SocketConnector(IScheduler scheduler)
        : this(scheduler, (name, token) => Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, token))
    {
    }

    internal SocketConnector(IScheduler scheduler, Func<DnsEndPoint, CancellationToken, Task<IPAddress[]>> resolve)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _scheduler = scheduler;
        _resolve = resolve;
    }

    /// <summary>How the system watches over TCP connections on which nothing moves.</summary>
    /// <exception cref="ArgumentException">It is faulty; says how.</exception>
    public TcpKeepAlive KeepAlive { get; init => field = TcpWatch.Checked(value); } = TcpKeepAlive.Default;

    /// <summary>See <see cref="JsonRpcClientOptions.TcpUserTimeout"/>; null for the system's own bound.</summary>
    /// <exception cref="ArgumentException">It is not in 1..<see cref="int.MaxValue"/> ms.</exception>
    public TimeSpan? UserTimeout { get; init => field = TcpWatch.Checked(value); }

    /// <inheritdoc/>
    /// <exception cref="SocketException">There is no connection to the one address; the message names it.</exception>
    /// <exception cref="IOException">No address of a host name could be reached; names host, addresses and errors.</exception>
    /// <exception cref="NotSupportedException">The end point is of another kind.</exception>
    public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return endPoint switch
        {
            IPEndPoint or UnixDomainSocketEndPoint => new SocketPipe(await OpenAsync(endPoint, cancellationToken).ConfigureAwait(false), _scheduler),
            DnsEndPoint name => await OpenAnyAsync(name, cancellationToken).ConfigureAwait(false),
            _ => throw new NotSupportedException(
                $"Cannot connect to {endPoint} ({endPoint.GetType().Name}); expected an IP, DNS or Unix domain socket end point."),
        };
    }

    private async ValueTask<Socket> OpenAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        Socket socket = StreamSocket.Create(endPoint);
        try
        {
            if (endPoint is IPEndPoint)
            {
                TcpWatch.Apply(socket, KeepAlive);
                if (UserTimeout is { } timeout) TcpWatch.ApplyUserTimeout(socket, timeout);
            }
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            if (StreamSocket.IsConnectedToItself(socket)) throw new SocketException((int)SocketError.ConnectionRefused);
            return socket;
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (failure is not SocketException refused) throw;
            throw new SocketException((int)refused.SocketErrorCode, $"{endPoint}: {UnixSocketFault.Of(endPoint, refused).Message}");
        }
    }

    private async ValueTask<SocketPipe> OpenAnyAsync(DnsEndPoint name, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> addresses = await ResolveAsync(name, cancellationToken).ConfigureAwait(false);
        FailedAddresses failed = _failed.GetOrCreateValue(name);
        try
        {
            Opened first = await StaggeredRace<IPAddress, Opened>.RunAsync(
                failed.Order(addresses),
                async (address, token) => new Opened(await OpenAsync(new IPEndPoint(address, name.Port), token).ConfigureAwait(false), address),
                HeadStart,
                _scheduler,
                cancellationToken).ConfigureAwait(false);
            return new SocketPipe(first.Socket, _scheduler) { Ended = served => failed.Note(first.Address, served) };
        }
        catch (AggregateException failures)
        {
            string each = string.Join("; ", failures.InnerExceptions.Select(failure => failure.Message));
            throw new IOException($"Cannot connect to {name.Host}:{name.Port}: {each}", failures);
        }
    }

    private async Task<IReadOnlyList<IPAddress>> ResolveAsync(DnsEndPoint name, CancellationToken cancellationToken)
    {
        try
        {
            // A lookup that has begun in the system's resolver cannot be cancelled there; the wait for it can.
            IPAddress[] addresses = await _resolve(name, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 ? AddressOrder.Interleave(addresses) : throw new SocketException((int)SocketError.NoData);
        }
        catch (SocketException failure)
        {
            throw new IOException($"Cannot connect to {name.Host}:{name.Port}: the name has no address: {failure.Message}", failure);
        }
    }

    private sealed record Opened(Socket Socket, IPAddress Address) : IDisposable
    {
        public void Dispose() => Socket.Dispose();
    }
}
