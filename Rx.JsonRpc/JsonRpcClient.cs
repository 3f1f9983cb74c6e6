using System.Reactive.Concurrency;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc;

/// <summary>Calls JSON-RPC 2.0 services over TCP with netstring framing. One client serves a whole host, from any thread.</summary>
/// <remarks>
/// The first request, or the first subscription of <see cref="Notifications"/>, <see cref="Calls"/> or <see cref="CallsTo"/>, starts the
/// client (without <see cref="JsonRpcClientOptions.AutoStart"/> only <see cref="Start"/> does). From then on it connects, and keeps
/// connecting: starting with no server up is normal. While no server is usable yet, what is subscribed waits for the very first connect to
/// a server; otherwise a server that is not connected is passed over at once.
/// </remarks>
public sealed partial class JsonRpcClient : IAsyncDisposable
{
    // Long enough for a notification's last bytes to leave, short enough for a peer that never closes.
    private static readonly TimeSpan ClosingLimit = TimeSpan.FromMilliseconds(500);

    private readonly JsonRpcClientOptions _options;
    private readonly IScheduler _clock;
    private readonly TimerQueue _timers;
    private readonly IStopwatch _stopwatch;
    private readonly ServerServices _services;
    private readonly ServerSet _servers;
    private readonly TopologyFeed _topology;
    private readonly OpenRequests _openRequests;
    private readonly ReplayTokens _replayTokens;
    private readonly MethodLatencies _latencies = new();
    private readonly RawMethods _rawMethods;

    /// <summary>Makes a client with default options. It connects with its first use, see <see cref="Start"/>.</summary>
    /// <param name="servers">A server list, as <see cref="ServerList.Parse"/> reads it.</param>
    /// <param name="scheduler">The clock of every delay and timeout; null for real time.</param>
    /// <exception cref="FormatException">Names the bad server, its position and what was expected.</exception>
    public JsonRpcClient(string servers, IScheduler? scheduler = null)
        : this(new JsonRpcClientOptions { Servers = ServerList.Parse(servers) }, scheduler)
    {
    }

    /// <summary>Makes a client. It connects with its first use, see <see cref="Start"/>.</summary>
    /// <param name="options">The options.</param>
    /// <param name="scheduler">The clock of every delay and timeout; null for real time.</param>
    /// <exception cref="ArgumentException">Lists every fault of the options at once.</exception>
    public JsonRpcClient(JsonRpcClientOptions options, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfFaulty();
        _options = options;
        _rawMethods = new RawMethods(options.AllowReservedMethods);
        _start = new ClientStart(options.AutoStart, Connect);
        _openRequests = new OpenRequests(options.MaxInFlight, _start, new Continuations(options.Continuations).AreInline);
        _replayTokens = new ReplayTokens(options.RetryBudget);
        _clock = scheduler ?? RealTime.Scheduler;
        _timers = new TimerQueue(_clock);
        IConnector connector = options.Connector
            ?? new SocketConnector(_clock) { KeepAlive = options.TcpKeepAlive, UserTimeout = options.TcpUserTimeout };
        _services = new ServerServices(options, connector, options.Serializer ?? SystemTextJsonSerializer.Instance, _clock);
        _stopwatch = _services.Stopwatch;
        _servers = new ServerSet(_services);
        _servers.Become(options.Servers);
        _topology = new TopologyFeed(_servers, _services);
        Notifications = _start.With(_services.Notifications);
        Calls = _start.With(_services.Calls.Rest);
    }

    /// <summary>The servers by priority, the highest first, as they are now; the list itself never changes.</summary>
    public IReadOnlyList<ServerGroup> Groups => _servers.Groups;

    /// <summary>
    /// What servers push, in order for each server. Hot; completes when the client is disposed. The first subscription starts the client,
    /// see <see cref="JsonRpcClientOptions.AutoStart"/>.
    /// </summary>
    public IObservable<ServerNotification> Notifications { get; }

    /// <summary>Every change of a server's state, with its reason. Hot; completes when the client is disposed.</summary>
    public IObservable<ServerChange> Changes => _services.Changes;

    /// <summary>What was counted and dropped: late replies, frames that are no JSON. Hot; completes when the client is disposed.</summary>
    public IObservable<ServerDiagnostic> Diagnostics => _services.Diagnostics;

    /// <summary>
    /// What the host's own code threw when the client called it. Hot; completes when the client is disposed. An observer that throws is
    /// unsubscribed, and its exception is only counted by <see cref="ClientSnapshot.Failures"/>.
    /// </summary>
    /// <remarks>
    /// <para>An exception of the host's code never ends the process, and never reaches a connection:</para>
    /// <list type="table">
    /// <listheader><term>who throws</term><description>what happens, beside the report</description></listheader>
    /// <item><term>observer of <see cref="Calls"/> or <see cref="CallsTo"/></term><description>The server's call is answered with error
    /// -32603, or with the error of an <see cref="ErrorReplyException"/>, which is an answer and not reported. The observer stays subscribed,
    /// unless an operator before it unsubscribes it.</description></item>
    /// <item><term>observer of another hot observable</term><description>It is unsubscribed; the others still get the value.</description></item>
    /// <item><term>observer of a request</term><description>Nothing more: the request has ended.</description></item>
    /// </list>
    /// </remarks>
    public IObservable<ClientFailure> Failures => _services.Failures;

    /// <summary>
    /// Every request that ends, with its attempts; notifications are left out, and what is refused when it is subscribed
    /// (<see cref="JsonRpcClientOptions.MaxInFlight"/>, a drained or disposed client). Hot; completes when the client is disposed, after the
    /// requests that were open then. Costs nothing while nobody observes.
    /// </summary>
    /// <remarks>Above <see cref="JsonRpcClientOptions.MaxQueuedEvents"/> the newest are dropped, and <see cref="DroppedRecords"/> counts them.</remarks>
    public IObservable<RequestRecord> Records => _services.Records;

    /// <summary>How many records were dropped because the observers of <see cref="Records"/> did not keep up.</summary>
    public long DroppedRecords => _services.Recorder.Dropped;

    /// <summary>What holds for requests that bring no policy of their own.</summary>
    internal RequestPolicy Policy => _options.Policy;

    /// <summary>A request whose error reply is a value. Cold: each subscription sends it anew.</summary>
    /// <typeparam name="TParams">The parameters' type.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="parameters">The parameters; read when subscribed.</param>
    /// <param name="policy">How it is carried out; null for the client's policy.</param>
    /// <returns>
    /// <b>OnNext</b> then <b>OnCompleted</b>: the reply, result or error, with its attempts; it outlives the call. <b>OnError</b>: a
    /// <see cref="JsonRpcException"/> (<see cref="RequestTimeoutException"/>, <see cref="NoServerException"/>,
    /// <see cref="ConnectionLostException"/>, <see cref="InvalidParametersException"/>, <see cref="InvalidReplyException"/>), or
    /// <see cref="ObjectDisposedException"/>. <b>Dispose</b> stops waiting, and takes the request back if it has not left yet. Called on
    /// the continuation scheduler; failures that are known while subscribing, and timeouts, on the thread where they arise.
    /// </returns>
    public IObservable<Reply<TResult>> Call<TParams, TResult>(
        Method<TParams, TResult> method, TParams parameters, RequestPolicy? policy = null) =>
        Ask(method, parameters, policy);

    /// <summary>A request whose error reply is a failure: <see cref="Call"/> with <see cref="ResultsOperator.Results"/> behind it.</summary>
    /// <typeparam name="TParams">The parameters' type.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="parameters">The parameters; read when subscribed.</param>
    /// <param name="policy">How it is carried out; null for the client's policy.</param>
    /// <returns>The result, then the end; errors as for <see cref="Call"/>, and <see cref="ErrorReplyException"/>.</returns>
    public IObservable<TResult> Request<TParams, TResult>(
        Method<TParams, TResult> method, TParams parameters, RequestPolicy? policy = null) =>
        Ask(method, parameters, policy);

    /// <summary>A request in raw JSON.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">An object or an array; the default leaves <c>params</c> out.</param>
    /// <param name="policy">How it is carried out; null for the client's policy.</param>
    /// <returns>The result's JSON as it was received; errors as for the typed request.</returns>
    /// <exception cref="ArgumentException">The name is empty or reserved, or the policy faulty.</exception>
    public IObservable<RawJson> Request(string method, RawJson parameters = default, RequestPolicy? policy = null) =>
        Request(Raw(method), parameters, policy);

    /// <summary>A request in raw JSON whose error reply is a value, with its attempts.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">An object or an array; the default leaves <c>params</c> out.</param>
    /// <param name="policy">How it is carried out; null for the client's policy.</param>
    /// <returns>As for the typed call; the result's JSON is as it was received.</returns>
    /// <exception cref="ArgumentException">The name is empty or reserved, or the policy faulty.</exception>
    public IObservable<Reply<RawJson>> Call(string method, RawJson parameters = default, RequestPolicy? policy = null) =>
        Call(Raw(method), parameters, policy);

    private OneCall<TParams, TResult> Ask<TParams, TResult>(Method<TParams, TResult> method, TParams parameters, RequestPolicy? policy)
    {
        ArgumentNullException.ThrowIfNull(method);
        return new OneCall<TParams, TResult>(this, method, parameters, PolicyOf(policy));
    }

    private IObservable<Reply<T>> Recipe<T>(OneRequest<T> request, OneTrail<T> trail) =>
        _servers.InTurn
              .FailoverWithHedge(trail, trail.HedgeAfter, _clock, trail.MayHedge)
              .RetryWhenCalled(WaitingTurn.Of(trail, request.Policy, _services))
              .RetryWithCheckedBackoff(request.Policy.Retries, request.Policy.Backoff, _clock, trail, _options.Random)
              .WithinOnce(trail.Limit.Due, _timers, trail);

    private IObservable<Reply<T>> Try<T>(OneRequest<T> request, Server server, AttemptRecord attempt) =>
        request.Send(server, attempt)
               .WithinOnce(request.Policy.TryTimeout, _timers, attempt)
               .ErrorsAsFailures(request.Policy.RetryOn);

    private RequestPolicy PolicyOf(RequestPolicy? own)
    {
        // The client's own policy was checked with its options.
        own?.ThrowIfFaulty();
        return own ?? _options.Policy;
    }

    private HedgePlan? HedgeOf(string method, RequestPolicy policy, bool idempotent) =>
        policy.Hedge is { } hedge && ReplayRules.MayOverlap(policy.Replay, idempotent)
            ? new HedgePlan(hedge, hedge.Quantile is null ? null : _latencies.Of(method))
            : null;

    internal Method<RawJson, RawJson> Raw(string name, bool idempotent = false) => _rawMethods.Of(name, idempotent);
}
