using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Testing;

/// <summary>A network inside the process for tests: no sockets, no threads, and no time but its scheduler's.</summary>
/// <remarks>
/// Everything happens on the calling thread: when <see cref="ConnectAsync"/> returns, an acceptor that was waiting has its connection and
/// has done what it does about it. Any kind of end point serves as a name, so a server list that names hosts and ports can be played too.
/// <see cref="At(string)"/> breaks the way to an end point, and heals it: <c>network.At("a").BlackHole()</c>.
/// </remarks>
public sealed class InMemoryNetwork : IConnector, IListenerTransport
{
    // Any number will do, as long as it stays the same.
    private const int Seed = 2;

    private readonly ConcurrentDictionary<EndPoint, InMemoryAcceptor> _listening = new();
    private readonly ConcurrentDictionary<EndPoint, InMemoryRoute> _routes = new();
    private readonly IScheduler? _clock;
    private int _clients;

    /// <summary>Makes a network without delays.</summary>
    public InMemoryNetwork()
    {
    }

    /// <summary>Makes a network whose delays run on a scheduler, such as a test's virtual time.</summary>
    /// <param name="scheduler">The scheduler.</param>
    public InMemoryNetwork(IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _clock = scheduler;
    }

    /// <summary>
    /// Options of a client that connects through this network, calls observers on the thread that drives the clock, and draws the same
    /// random numbers in each run: each call begins the same series anew.
    /// </summary>
    /// <param name="servers">The servers.</param>
    /// <returns>The options; change them with <c>with</c>.</returns>
    public JsonRpcClientOptions ClientOptions(params ServerAddress[] servers) =>
        new()
        {
            Servers = servers,
            Connector = this,
            Continuations = PipeScheduler.Inline,
            Random = new Random(Seed).NextDouble,
        };

    /// <summary>The way to a named place, to break and to heal.</summary>
    /// <param name="name">The name of an <see cref="InMemoryEndPoint"/>.</param>
    /// <returns>The route; the same one each time.</returns>
    public InMemoryRoute At(string name) => At(new InMemoryEndPoint(name));

    /// <summary>The way to an end point, to break and to heal.</summary>
    /// <param name="endPoint">The end point; nobody needs to listen there yet.</param>
    /// <returns>The route; the same one each time.</returns>
    public InMemoryRoute At(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return _routes.GetOrAdd(endPoint, static (place, clock) => new InMemoryRoute(place, clock), _clock);
    }

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
    /// <param name="cancellationToken">Ends the attempt; without a fault of the route, connecting takes no time.</param>
    /// <returns>The client's end, an <see cref="InMemoryConnection"/>; already there unless a fault delays it.</returns>
    /// <exception cref="SocketException"><see cref="SocketError.ConnectionRefused"/>: nobody listens, or nobody accepts.</exception>
    public ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<IDuplexPipe>(cancellationToken);
        using NoSynchronizationContext none = NoSynchronizationContext.Enter();
        InMemoryRoute route = At(endPoint);
        InMemoryFaults faults = route.Faults;
        bool unanswered = faults.Connect == ConnectFault.Unanswered;
        if (!unanswered && faults.ConnectDelay == TimeSpan.Zero) return Connect(route, endPoint);
        var pending = new PendingConnect(() => Connect(route, endPoint), cancellationToken);
        if (unanswered) route.WhenHealed(pending.LetThrough);
        else route.Schedule(faults.ConnectDelay, pending.LetThrough);
        return pending.Result;
    }

    private ValueTask<IDuplexPipe> Connect(InMemoryRoute route, EndPoint endPoint)
    {
        InMemoryFaults faults = route.Faults;
        if (faults.Connect == ConnectFault.Refused) return Refused($"{endPoint} refuses connections.");
        InMemoryAcceptor? acceptor = null;
        bool closed = faults.Connect == ConnectFault.ClosedAtOnce;
        if (!closed && !_listening.TryGetValue(endPoint, out acceptor)) return Refused($"Nobody listens on {endPoint}.");
        var client = new InMemoryEndPoint($"client-{Interlocked.Increment(ref _clients)}");
        (InMemoryConnection near, InMemoryConnection far) = route.Lay(client);
        if (faults.Garbage.Length > 0) ((InMemoryWire)far.Output).Inject(faults.Garbage);
        if (closed) _ = far.DisposeAsync().AsTask();
        else if (!acceptor!.TryConnect(far)) return Refused($"Too many connections wait to be accepted on {endPoint}.");
        return ValueTask.FromResult<IDuplexPipe>(near);
    }

    private static ValueTask<IDuplexPipe> Refused(string why) =>
        ValueTask.FromException<IDuplexPipe>(new SocketException((int)SocketError.ConnectionRefused, why));
}
