using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>What the servers of one client share.</summary>
internal sealed class ServerServices
{
    // What a value takes beside its text: the objects around it.
    private const int Overhead = 200;

    /// <summary>
    /// How long, from a client's first attempt to connect on, requests wait for a server that is being connected although one of a lower
    /// priority is usable: a first priority that is a little slower than its backup shall have the requests of the start.
    /// </summary>
    private static readonly TimeSpan FirstConnectGrace = TimeSpan.FromMilliseconds(250);

    private volatile IReadOnlyList<Server> _servers = [];
    private SingleAssignmentDisposableValue _grace;
    private long _graceEnds;
    private int _graceIsAwaited;
    private volatile bool _graceIsOver;
    private long _failures;

    public ServerServices(JsonRpcClientOptions options, IConnector connector, IJsonRpcSerializer serializer, IScheduler clock)
    {
        Options = options;
        Connector = connector;
        Serializer = serializer;
        Clock = clock;
        Stopwatch = clock.StartStopwatch();
        Breakers = new BreakerGroups(options.Breaker, options.Random);
        Continuations = new Continuations(options.Continuations);
        Waiting = new WaitingRequests(options.MaxWaitingRequests, Continuations);
        PushedBytes = new ByteBudget(options.MaxPushedBytes);
        // What an observer of failures throws is only counted: published, it would come back to such observers.
        Failures = new Publisher<ClientFailure>(Continuations, options.MaxQueuedEvents, (_, _) => Interlocked.Increment(ref _failures));
        Changes = NewPublisher<ServerChange>(nameof(Changes));
        Notifications = NewPublisher<ServerNotification>(nameof(Notifications), left: pushed => PushedBytes.GiveBack(SizeOf(pushed)));
        Calls = new ServerCallRoutes(NewPublisher<ServerRequest>(nameof(Calls)), HandlerThrew);
        Diagnostics = NewPublisher<ServerDiagnostic>(nameof(Diagnostics));
        TopologyFaults = NewPublisher<TopologyFault>(nameof(TopologyFaults));
        Records = NewPublisher<RequestRecord>(nameof(Records));
        Recorder = new RequestRecorder(Records, clock);
    }

    public JsonRpcClientOptions Options { get; }

    public IConnector Connector { get; }

    public IJsonRpcSerializer Serializer { get; }

    public IScheduler Clock { get; }

    /// <summary>The time that the client's requests are measured by.</summary>
    public IStopwatch Stopwatch { get; }

    public BreakerGroups Breakers { get; }

    /// <summary>Every server of the client, without those that have been removed and drain.</summary>
    public IReadOnlyList<Server> Servers
    {
        get => _servers;
        set => _servers = value;
    }

    /// <summary>Whether a server of a higher priority that has never been connected is passed over for a usable one of a lower priority.</summary>
    public bool FirstConnectGraceIsOver => _graceIsOver || (Interlocked.Read(ref _graceEnds) is > 0 and var end && Stopwatch.Elapsed.Ticks >= end);

    public Continuations Continuations { get; }

    /// <summary>The client's requests that wait for any of the servers.</summary>
    public WaitingRequests Waiting { get; }

    /// <summary>What servers have pushed and the client still holds.</summary>
    public ByteBudget PushedBytes { get; }

    /// <summary>What the host's own code threw.</summary>
    public Publisher<ClientFailure> Failures { get; }

    /// <summary>How often the host's own code threw.</summary>
    public long FailureCount => Interlocked.Read(ref _failures);

    public Publisher<ServerChange> Changes { get; }

    public Publisher<ServerNotification> Notifications { get; }

    /// <summary>What servers ask of this client.</summary>
    public ServerCallRoutes Calls { get; }

    public Publisher<ServerDiagnostic> Diagnostics { get; }

    public Publisher<TopologyFault> TopologyFaults { get; }

    public Publisher<RequestRecord> Records { get; }

    public RequestRecorder Recorder { get; }

    /// <summary>Begins the grace of the first connects, with the first server that connects.</summary>
    public void BeginFirstConnectGrace() => Interlocked.CompareExchange(ref _graceEnds, Stopwatch.Elapsed.PlusCapped(FirstConnectGrace).Ticks, 0);

    /// <summary>A request waits for a first connect: it may go on when the grace is over.</summary>
    public void AwaitEndOfGrace()
    {
        if (FirstConnectGraceIsOver || Interlocked.Exchange(ref _graceIsAwaited, 1) == 1) return;
        _grace.Disposable = Clock.After(TimeSpan.FromTicks(_graceEnds) - Stopwatch.Elapsed, () =>
        {
            // A timer may be early by less than it counts.
            _graceIsOver = true;
            ReleaseFirstConnects();
        });
    }

    /// <summary>A server has become usable, or the grace is over: requests need not wait for the first connect of another.</summary>
    public void ReleaseFirstConnects()
    {
        IReadOnlyList<Server> servers = Servers;
        if (!servers.Any(server => server.IsUsable)) return;
        foreach (Server server in servers) server.ReleaseFirstConnect();
    }

    /// <summary>Nothing is left to the clock.</summary>
    public void Rest() => _grace.Dispose();

    /// <summary>What a pushed message takes of <see cref="PushedBytes"/>.</summary>
    public static int SizeOf(string method, RawJson parameters, RawJson id = default) =>
        Overhead + sizeof(char) * method.Length + parameters.Utf8.Length + id.Utf8.Length;

    /// <summary>Queues a notification for its observers; false when too many wait, or too many bytes.</summary>
    public bool TryPublish(ServerNotification notification)
    {
        if (!Notifications.HasObservers) return true;
        int size = SizeOf(notification);
        if (!PushedBytes.TryTake(size)) return false;
        if (Notifications.TryPublish(notification)) return true;
        PushedBytes.GiveBack(size);
        return false;
    }

    /// <summary>Reports what the host's own code threw.</summary>
    public void Report(string where, ServerAddress? server, Exception thrown)
    {
        Interlocked.Increment(ref _failures);
        Failures.TryPublish(new ClientFailure(where, server, thrown));
    }

    /// <summary>Completes the hot observables once what waits for their observers has been delivered.</summary>
    public async Task Complete()
    {
        await Task.WhenAll(
            Changes.Complete(), Notifications.Complete(), Calls.Complete(), Diagnostics.Complete(), TopologyFaults.Complete(), Records.Complete())
            .ConfigureAwait(false);
        // Last: an observer of the others may throw when it completes.
        await Failures.Complete().ConfigureAwait(false);
    }

    private static int SizeOf(ServerNotification pushed) => SizeOf(pushed.Method, pushed.Parameters);

    private Publisher<T> NewPublisher<T>(string where, Action<T>? left = null) =>
        new(Continuations, Options.MaxQueuedEvents, (_, thrown) => Report(where, null, thrown), left: left);

    private void HandlerThrew(ServerRequest? request, Exception thrown)
    {
        if (request is null) Report(nameof(Calls), null, thrown);
        else if (thrown is ErrorReplyException chosen) request.TryFail(chosen.Error);
        else if (BadText.IsBehind(thrown, request.Parameters)) request.TryFail(new JsonRpcError(JsonRpcError.InvalidParams, "Invalid params"));
        else
        {
            request.TryFail(new JsonRpcError(JsonRpcError.InternalError, "Internal error"));
            Report(request.Method, request.Server, thrown);
        }
    }
}
