using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Kamailio;

/// <summary>
/// Gives Kamailio's SIP transactions to JSON-RPC: connects to evapi sockets, takes the transactions that Kamailio's script suspends, and
/// resumes each exactly once.
/// </summary>
/// <remarks>
/// Nothing is connected before <see cref="Start"/> or <see cref="Serve"/>, so that no transaction comes before the host is ready for it.
/// </remarks>
public sealed class EvapiGateway : IAsyncDisposable
{
    // Long enough for the last answers to leave, short enough for a Kamailio that does not read them.
    private static readonly TimeSpan ClosingLimit = TimeSpan.FromMilliseconds(500);

    private readonly EvapiServices _services;
    private readonly EvapiLink[] _links;
    private int _started;
    private volatile bool _disposed;

    /// <summary>Makes a gateway; connects to nothing yet.</summary>
    /// <param name="options">The options.</param>
    /// <param name="scheduler">The clock of every delay and deadline; null for real time.</param>
    /// <exception cref="ArgumentException">Lists every fault of the options at once.</exception>
    public EvapiGateway(EvapiGatewayOptions options, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfFaulty();
        _services = new EvapiServices(options, scheduler ?? RealTime.Scheduler);
        Sockets = [.. options.Sockets.Select(endPoint => new EvapiSocket(endPoint, _services))];
        _links = [.. Sockets.Select(socket => new EvapiLink(socket, _services))];
        _services.InFlight.QueuedAnswers = QueuedAnswers;
        Transactions = new Guarded<SuspendedTransaction>(
            _services.Transactions.Where(transaction => transaction.IsSuspended), _services.HandlerThrew, handles: true);
    }

    /// <summary>The evapi sockets and their states.</summary>
    public IReadOnlyList<EvapiSocket> Sockets { get; }

    /// <summary>
    /// The transactions that Kamailio suspends, unless <see cref="Serve"/> answers them: whoever subscribes answers each, before its deadline
    /// if it has one. Hot, never concurrent, those of one socket in order, without those that ended before the observer came to them;
    /// completes when the gateway is disposed. Without an observer they are resumed at their error route at once, as is one whose observer
    /// throws. An observer of the other observables that throws is unsubscribed. Both are <see cref="EvapiProblem.HandlerFailed"/>.
    /// </summary>
    public IObservable<SuspendedTransaction> Transactions { get; }

    /// <summary>
    /// The notifications that scripts want to be sent, unless <see cref="Serve"/> sends them. Hot, never concurrent; completes when the
    /// gateway is disposed.
    /// </summary>
    public IObservable<EvapiNotification> Notifications => _services.Notifications;

    /// <summary>Every change of a socket's state, with its reason. Hot; completes when the gateway is disposed.</summary>
    public IObservable<EvapiChange> Changes => _services.Changes;

    /// <summary>What was wrong with events and answers. Hot; completes when the gateway is disposed.</summary>
    public IObservable<EvapiDiagnostic> Diagnostics => _services.Diagnostics;

    /// <summary>What has been counted.</summary>
    public EvapiCounters Counters => _services.Counters;

    /// <summary>Transactions that wait for their answer, and notifications that <see cref="Serve"/> has not sent yet.</summary>
    public int InFlight => _services.InFlight.Count;

    /// <summary>
    /// Bytes of the events in flight, of those that wait for an observer, and of the answers that wait for Kamailio:
    /// <see cref="EvapiGatewayOptions.MaxBufferedBytes"/> is their limit.
    /// </summary>
    public long BufferedBytes => _services.InFlight.Bytes;

    /// <summary>Connects, and keeps connecting. Transactions and notifications go to the observers.</summary>
    /// <returns>This gateway.</returns>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public EvapiGateway Start()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _started, 1) == 1) throw new InvalidOperationException("The gateway was started before.");
        foreach (EvapiLink link in _links) link.Start();
        return this;
    }

    /// <summary>
    /// Connects as <see cref="Start"/> does, and lets the options' pools answer transactions and send notifications. Starts the pools'
    /// clients.
    /// </summary>
    /// <returns>This gateway.</returns>
    /// <exception cref="InvalidOperationException">It was started before, or there is no pool.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed, or the client of a pool is.</exception>
    /// <remarks>
    /// A transaction's timeout and deadline take the place of the <see cref="RequestPolicy.TotalTimeout"/> of its pool's client; the rest
    /// of the client's policy holds. The requests are subscribed on the reader of the connection, and are answered where the clients'
    /// options say.
    /// </remarks>
    public EvapiGateway Serve()
    {
        if (_services.Options.Pools.Count == 0) throw new InvalidOperationException("The options name no pool that could answer.");
        _services.Pools ??= new PoolService(_services);
        // Before the first transaction, which would have to wait for a connection.
        foreach (JsonRpcClient client in _services.Options.Pools.Values) client.Start();
        return Start();
    }

    /// <summary>
    /// Tells each Kamailio that the gateway leaves, and goes on for <see cref="EvapiGatewayOptions.LeavingGrace"/>; then resumes new
    /// transactions at their error route, and waits for those that are in flight. The connections stay; dispose the gateway afterwards.
    /// </summary>
    /// <param name="limit">How long, the grace included; transactions that then still wait are resumed as cancelled.</param>
    /// <param name="cancellationToken">Ends the waiting early; what is in flight stays so, and nothing new is taken.</param>
    /// <returns>Completes when nothing is in flight.</returns>
    public async ValueTask DrainAsync(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        _services.IsLeaving = true;
        // Each of them is told, hence no Any that stops at the first.
        bool isHeard = _links.Count(link => link.TellLeaving()) > 0;
        try
        {
            await Grace(isHeard).Concat(Observable.Defer(Emptied)).Within(limit, _services.Clock).LastAsync().ToTask(cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _services.InFlight.Drain();
            foreach (EvapiLink link in _links) link.CancelAll();
        }
        catch (OperationCanceledException)
        {
            // The caller's code behind its await must not run inside CancellationTokenSource.Cancel, under the locks of whoever cancels.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            throw;
        }
        finally
        {
            _services.InFlight.Drain();
        }
    }

    /// <summary>
    /// Resumes what is in flight as cancelled, closes the connections, and completes the hot observables. The pools' clients stay.
    /// </summary>
    /// <returns>
    /// Completes when the connections are closed and the observers have returned; a Kamailio or an observer that does not come to an end
    /// holds it up for at most half a second each.
    /// </returns>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        _services.InFlight.Drain();
        var closed = new ObjectDisposedException(nameof(EvapiGateway), "the gateway is disposed");
        await Task.WhenAll(_links.Select(link => link.CloseAsync(closed, ClosingLimit))).ConfigureAwait(false);
        _services.Timers.Rest();
        await _services.Complete().ToObservable().Within(ClosingLimit, _services.Clock).Catch(Observable.Empty<Unit>()).LastOrDefaultAsync()
            .ToTask().ConfigureAwait(false);
    }

    /// <summary>What other processes of Kamailio are just sending comes yet, if Kamailio is there.</summary>
    private IObservable<Unit> Grace(bool isHeard) =>
        isHeard && _services.Options.LeavingGrace > TimeSpan.Zero
            ? Observable.Create<Unit>(over => _services.Clock.After(_services.Options.LeavingGrace, over.OnCompleted))
            : Observable.Empty<Unit>();

    private long QueuedAnswers()
    {
        long bytes = 0;
        foreach (EvapiLink link in _links) bytes += link.QueuedBytes;
        return bytes;
    }

    private IObservable<Unit> Emptied()
    {
        _services.InFlight.Drain();
        return _services.InFlight.Empty.ToObservable();
    }
}
