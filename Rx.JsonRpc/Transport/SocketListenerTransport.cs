using System.Net;
using System.Reactive.Concurrency;

namespace Rx.JsonRpc.Transport;

/// <summary>Listens on TCP and Unix domain sockets: what a listener uses when its options name no transport.</summary>
public sealed class SocketListenerTransport : IListenerTransport
{
    private readonly IScheduler _scheduler;

    /// <summary>Makes a transport.</summary>
    /// <param name="scheduler">The clock of every wait.</param>
    public SocketListenerTransport(IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _scheduler = scheduler;
    }

    /// <summary>How the system watches over TCP connections on which nothing moves.</summary>
    /// <exception cref="ArgumentException">It is faulty; says how.</exception>
    public TcpKeepAlive KeepAlive { get; init => field = TcpWatch.Checked(value); } = TcpKeepAlive.Default;

    /// <inheritdoc/>
    public IAcceptor Listen(EndPoint endPoint) => new SocketAcceptor(endPoint, _scheduler) { KeepAlive = KeepAlive };
}
