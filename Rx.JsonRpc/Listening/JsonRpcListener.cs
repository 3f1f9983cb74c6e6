using System.Net;
using System.Reactive.Concurrency;
using Rx.JsonRpc.Listening;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc;

/// <summary>The server side: listens, and gives every call of every peer as an observable, or answers it from a table of methods.</summary>
/// <remarks>
/// It listens from its construction on, so peers can connect; it accepts them when <see cref="Start"/> is called, so no call comes before
/// the host is ready for it.
/// </remarks>
public sealed class JsonRpcListener : IAsyncDisposable
{
    private readonly ListenerServices _services;
    private readonly IAcceptor _acceptor;
    private readonly OpenConnections _connections;
    private int _started;

    /// <summary>Binds and listens.</summary>
    /// <param name="endPoint">Where; a TCP port 0 lets the system choose, see <see cref="LocalEndPoint"/>.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="scheduler">The clock of every wait; null for real time.</param>
    /// <exception cref="ArgumentException">Lists every fault of the options at once.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on, for instance because it is in use.</exception>
    /// <exception cref="NotSupportedException">The transport does not know this kind of end point.</exception>
    public JsonRpcListener(EndPoint endPoint, JsonRpcListenerOptions? options = null, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        options ??= new JsonRpcListenerOptions();
        options.ThrowIfFaulty();
        IScheduler clock = scheduler ?? RealTime.Scheduler;
        _services = new ListenerServices(options, clock);
        _acceptor = (options.Transport ?? new SocketListenerTransport(clock) { KeepAlive = options.TcpKeepAlive }).Listen(endPoint);
        _connections = new OpenConnections(_services);
    }

    /// <summary>Where it listens, with the port that the system chose when none was given.</summary>
    public EndPoint LocalEndPoint => _acceptor.LocalEndPoint;

    /// <summary>
    /// The calls and notifications of all peers that no method table answers, those of one connection in the order of arrival. Hot, never
    /// concurrent; completes when the listener has stopped. Without an observer calls are answered with error -32601. An observer that
    /// throws fails the call with error -32603, and stays subscribed unless an operator before it unsubscribes it. An observer of the
    /// other observables that throws is unsubscribed. Both are reported by <see cref="Failures"/>.
    /// </summary>
    public IObservable<IncomingCall> Calls => _services.Calls;

    /// <summary>Every peer that connects, disconnects or is turned away. Hot; completes when the listener has stopped.</summary>
    public IObservable<ListenerConnectionChange> Connections => _services.Changes;

    /// <summary>What handlers and observers threw, frames and replies above the limit, and failures to accept. Hot; completes when the listener has stopped.</summary>
    public IObservable<ListenerFailure> Failures => _services.Failures;

    /// <summary>How many peers are connected.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>What has been counted.</summary>
    public ListenerCounters Counters => _services.Counters;

    /// <summary>What all connections together hold.</summary>
    internal ListenerTotals Totals => _services.Totals;

    /// <summary>Accepts connections from now on. Subscribe to what you want to see of it beforehand.</summary>
    /// <param name="methods">The methods with handlers; copied. Null when <see cref="Calls"/> is to give every call.</param>
    /// <returns>This listener.</returns>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    /// <exception cref="ObjectDisposedException">It was stopped.</exception>
    public JsonRpcListener Start(MethodTable? methods = null)
    {
        ObjectDisposedException.ThrowIf(_connections.IsStopping, this);
        if (Interlocked.Exchange(ref _started, 1) == 1) throw new InvalidOperationException("The listener was started before.");
        if (methods is not null) _services.Handlers = methods.Freeze();
        _connections.AcceptingBegins();
        _ = AcceptAll();
        return this;
    }

    /// <summary>
    /// Stops so that no call is lost. It accepts no more connections and refuses new calls without running them
    /// (<see cref="JsonRpcError.Refusal"/>, leaving); calls in flight are answered, and notifications are still carried out. After
    /// <see cref="JsonRpcListenerOptions.StopGrace"/> without a reply to a call that was in flight it ends its side of each connection, once
    /// that has nothing in flight, and reads on until the peer has closed. What is left at the limit is closed by force.
    /// </summary>
    /// <remarks>
    /// A <see cref="JsonRpcClient"/> that is refused closes the connection as soon as nothing is in flight there, so it does not hold the
    /// stop up. One that has sent nothing closes when the grace is over. A peer of another make that does not close at the end of the stream
    /// holds the stop up until the limit.
    /// </remarks>
    /// <param name="limit">
    /// How long it may take, by the listener's clock. Below twice the grace, the grace is half of it. Zero closes everything at once:
    /// nothing is refused, and a call that has no answer by then stays without one.
    /// </param>
    /// <returns>Completes when every connection is closed.</returns>
    public async ValueTask StopAsync(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        _connections.BeginStop();
        using (_services.Clock.After(limit, _connections.AbortAll))
        {
            if (limit == TimeSpan.Zero)
            {
                // Without a word: what has begun may have run, and a call that comes meanwhile stays unanswered too.
                _connections.AbortAll();
                _acceptor.Dispose();
            }
            else
            {
                if (Volatile.Read(ref _started) == 1) _acceptor.StopListening();
                else _acceptor.Dispose();
                // First: a client that is refused connects again soon, and must not find this listener.
                await Task.WhenAny(_connections.AllAccepted, _connections.AllClosed).ConfigureAwait(false);
                TimeSpan grace = _services.Options.StopGrace;
                _connections.TurnAway(grace < limit / 2 ? grace : limit / 2);
            }
            await _connections.AllClosed.ConfigureAwait(false);
        }
        _services.Complete();
    }

    /// <summary>Stops at once: calls in flight stay unanswered.</summary>
    /// <returns>Completes when every connection is closed.</returns>
    public ValueTask DisposeAsync() => StopAsync(TimeSpan.Zero);

    private async Task AcceptAll()
    {
        try
        {
            while (await _acceptor.AcceptAsync().ConfigureAwait(false) is { } accepted) _connections.Admit(accepted);
        }
        catch (Exception failure)
        {
            // The connections that are open go on; the host is told that there will be no more.
            if (!_connections.IsStopping) _services.Report("accepting connections, which ends here", null, failure);
        }
        finally
        {
            _acceptor.Dispose();
            _connections.AcceptingEnded();
        }
    }
}
