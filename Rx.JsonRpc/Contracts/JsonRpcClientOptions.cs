using System.IO.Pipelines;

namespace Rx.JsonRpc;

/// <summary>What a client is made from. Everything that a peer can make grow has a finite bound here.</summary>
public sealed record JsonRpcClientOptions
{
    /// <summary>The servers, each end point once; at least one, unless there is a <see cref="Topology"/>: then those until it speaks.</summary>
    public IReadOnlyList<ServerAddress> Servers { get; init; } = [];

    /// <summary>
    /// The servers as they change: each list replaces the one before. Null for servers that never change (default). Subscribed when the
    /// client starts, until it is disposed; may call from any thread.
    /// </summary>
    /// <remarks>
    /// Servers that stay keep their connections, also with another priority or weight; those that are gone drain. <b>OnNext</b> with a
    /// faulty list changes nothing and is told by <see cref="JsonRpcClient.TopologyFaults"/>, as is <b>OnError</b>; after it, and after
    /// <b>OnCompleted</b>, the last list stands.
    /// </remarks>
    public IObservable<IReadOnlyList<ServerAddress>>? Topology { get; init; }

    /// <summary>
    /// Whether the first request, or the first subscription of <see cref="JsonRpcClient.Notifications"/>, <see cref="JsonRpcClient.Calls"/>
    /// or <see cref="JsonRpcClient.CallsTo"/>, starts the client. True by default. False: only <see cref="JsonRpcClient.Start"/> does, so that
    /// a host can subscribe everything first and miss nothing; until then requests fail at once with <see cref="ServerUnavailableException"/>.
    /// </summary>
    public bool AutoStart { get; init; } = true;

    /// <summary>How long the requests in flight on a removed server may take before its connections are closed. 30 s by default.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What holds for requests that bring no policy of their own.</summary>
    public RequestPolicy Policy { get; init; } = RequestPolicy.Default;

    /// <summary>Which server of a group is asked first. Round robin by default.</summary>
    public Balancing Balancing { get; init; } = Balancing.RoundRobin;

    /// <summary>
    /// How long a server that came back, after it lost its connection or was ejected, is passed over while another one is usable, so that
    /// a flapping server does not pull traffic back and forth. Not in the group of the lowest priority. Zero, which is at once, by default.
    /// </summary>
    public TimeSpan FailbackDelay { get; init; }

    /// <summary>
    /// How long a server that came back takes until it has its full share of its group's requests again; it grows from a tenth. Zero,
    /// which is at once, by default. A server's very first connection has its full share, and no delay.
    /// </summary>
    public TimeSpan SlowStart { get; init; }

    /// <summary>
    /// The client's one source of chance: numbers in [0, 1), called from any thread. <see cref="Balancing"/>, <see cref="SlowStart"/>, the
    /// jitter of <see cref="Reconnect"/> and of each <see cref="RequestPolicy.Backoff"/>, and the length of an ejection draw from it. A
    /// test that has to repeat itself gives a seeded source. <see cref="System.Random.Shared"/> by default.
    /// </summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>When a server that fails calls is left alone for a while. 5 failures in a row, or half of 20 calls, by default.</summary>
    public BreakerOptions Breaker { get; init; } = BreakerOptions.Default;

    /// <summary>Whether a server on which nothing is heard is asked for a sign of life. Off by default.</summary>
    public HeartbeatOptions Heartbeat { get; init; } = HeartbeatOptions.Off;

    /// <summary>How many replays the client may send. 20 % of the requests and 10 each second by default.</summary>
    public RetryBudget RetryBudget { get; init; } = RetryBudget.Default;

    /// <summary>How long one attempt to connect may take. 3 s by default.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The wait between attempts to connect. 100 ms to 30 s by default.</summary>
    public Backoff Reconnect { get; init; } = Backoff.Default;

    /// <summary>
    /// How many attempts to reconnect may fail in a row before a server is retired: -1 for ever (default), 0 never reconnect.
    /// A connection on which a reply to something sent there came resets the count, and one that held: for <see cref="Backoff.Max"/> of
    /// <see cref="Reconnect"/>, or without a request for a second.
    /// </summary>
    public int MaxConnectionAttempts { get; init; } = -1;

    /// <summary>Connections to each server. 1 by default.</summary>
    public int ConnectionsPerServer { get; init; } = 1;

    /// <summary>Requests in flight per server, shared evenly among its connections; above it a server counts as unavailable. 65,536 by default.</summary>
    public int MaxInFlightPerServer { get; init; } = 65_536;

    /// <summary>
    /// Requests and notifications of the whole client that have no end yet, waits between rounds and for a server included; above it a
    /// new one fails at once with <see cref="ServerUnavailableException"/>. 262,144 by default.
    /// </summary>
    public int MaxInFlight { get; init; } = 262_144;

    /// <summary>
    /// Requests that wait for a server because their policy says <see cref="WhenDisconnected.Wait"/>; above it one that finds no server
    /// fails at once. 10,000 by default.
    /// </summary>
    public int MaxWaitingRequests { get; init; } = 10_000;

    /// <summary>
    /// Bytes per connection that wait to be handed to the socket; above it a server counts as unavailable. What is being handed over at
    /// that moment comes on top, once more as much at most; and one frame always fits an empty queue, also one that is longer than this.
    /// 16 MiB by default.
    /// </summary>
    public int MaxQueuedBytesPerConnection { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// The longest frame that is read or sent, in bytes. A longer frame from a server is skipped and published as
    /// <see cref="DropReason.TooLong"/>; the request that it replies to fails with <see cref="InvalidReplyException"/>, and the connection
    /// stays. A longer request fails with <see cref="InvalidParametersException"/>. 4 MiB by default.
    /// </summary>
    public int MaxFrameBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// How long one frame from a server may take from its first byte to its last; then the connection is closed. Any positive value is
    /// accepted; <see cref="TimeSpan.MaxValue"/> means for ever. 30 s by default.
    /// </summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Requests of a server on one connection that this client has not answered yet, their parameters within
    /// <see cref="MaxQueuedBytesPerConnection"/>; above it one is refused with error -32090. 1,024 by default.
    /// </summary>
    public int MaxOpenServerCalls { get; init; } = 1024;

    /// <summary>How long a server's request may stay unanswered; then it is answered with error -32603. 30 s by default.</summary>
    public TimeSpan ServerCallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Notifications, servers' requests, changes and diagnostics that wait for their observers, each; above it the newest is dropped. 1,024 by default.</summary>
    public int MaxQueuedEvents { get; init; } = 1024;

    /// <summary>
    /// Bytes of what servers have pushed and the client holds, over all connections: notifications that wait for their observers, and
    /// requests without an answer, or with one that waits for the rest of its batch. Above it a notification is dropped and counted, and a request is answered with error -32090; one always
    /// fits when nothing else is held. 32 MiB by default.
    /// </summary>
    public int MaxPushedBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Whether what servers send must keep to the letter of JSON-RPC 2.0: <c>"jsonrpc":"2.0"</c>, exactly one of result and error, an id as
    /// it was sent, each member once. A reply that does not ends its request with <see cref="InvalidReplyException"/>. False by default.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>Whether methods may be called whose names start with <c>rpc.</c>. False by default.</summary>
    public bool AllowReservedMethods { get; init; }

    /// <summary>
    /// Where observers are called. The thread pool by default; <see cref="PipeScheduler.Inline"/> calls them on the reader of the
    /// connection, for hosts that promise not to block there.
    /// </summary>
    public PipeScheduler Continuations { get; init; } = PipeScheduler.ThreadPool;

    /// <summary>
    /// How the system watches over TCP connections on which nothing moves. After 30 s, every 10 s, three times, by default. A
    /// <see cref="Connector"/> of your own does not heed it.
    /// </summary>
    public TcpKeepAlive TcpKeepAlive { get; init; } = TcpKeepAlive.Default;

    /// <summary>
    /// On Linux, how long sent bytes may wait for the other system's acknowledgement before it closes the connection
    /// (<c>TCP_USER_TIMEOUT</c>, <see href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</see>); it also takes the place of
    /// <see cref="TcpKeepAlive.RetryCount"/>. Other systems ignore it. Null by default: the system's own bound, about 15 minutes. A
    /// <see cref="Connector"/> of your own does not heed it.
    /// </summary>
    public TimeSpan? TcpUserTimeout { get; init; }

    /// <summary>How connections are opened; null for TCP and Unix domain sockets.</summary>
    public IConnector? Connector { get; init; }

    /// <summary>How parameters and results are written and read; null for System.Text.Json.</summary>
    public IJsonRpcSerializer? Serializer { get; init; }

    /// <summary>Says what is wrong with the options, all at once.</summary>
    /// <exception cref="ArgumentException">Lists every fault.</exception>
    internal void ThrowIfFaulty()
    {
        string[] faults = [.. Faults()];
        if (faults.Length > 0) throw new ArgumentException($"The client's options are faulty: {string.Join("; ", faults)}.");
    }

    private IEnumerable<string> Faults() =>
        ServerFaults()
            .Concat(Policy is null ? ["Policy is null"] : Policy.Faults("Policy"))
            .Concat(Policy?.Deadline is { } deadline ? [$"Policy.Deadline is {deadline:O}; it must be null, for it would end every request at one moment: pass it with a request"] : [])
            .Concat(Reconnect is null ? ["Reconnect is null"] : Reconnect.Faults("Reconnect"))
            .Concat(Breaker is null ? ["Breaker is null; use BreakerOptions.Off"] : Breaker.Faults("Breaker"))
            .Concat(RetryBudget is null ? ["RetryBudget is null; use RetryBudget.Off"] : RetryBudget.Faults("RetryBudget"))
            .Concat(Heartbeat is null ? ["Heartbeat is null; use HeartbeatOptions.Off"] : Heartbeat.Faults("Heartbeat"))
            .Concat(TcpKeepAlive is null ? ["TcpKeepAlive is null; use TcpKeepAlive.Off"] : TcpKeepAlive.Faults("TcpKeepAlive"))
            .Concat(LimitFaults());

    private IEnumerable<string> ServerFaults()
    {
        if (Servers is null || (Servers.Count == 0 && Topology is null)) yield return "Servers is empty; name at least one, or a Topology";
        foreach (string fault in ServerListFaults.In(Servers ?? [], "Servers")) yield return fault;
    }

    private IEnumerable<string> LimitFaults()
    {
        if (!Enum.IsDefined(Balancing)) yield return $"Balancing is {Balancing}; it must be RoundRobin or LeastInFlight";
        if (FailbackDelay < TimeSpan.Zero) yield return $"FailbackDelay is {FailbackDelay}; it must not be negative";
        if (SlowStart < TimeSpan.Zero) yield return $"SlowStart is {SlowStart}; it must not be negative";
        if (Random is null) yield return "Random is null";
        if (DrainTimeout < TimeSpan.Zero) yield return $"DrainTimeout is {DrainTimeout}; it must not be negative";
        if (ConnectTimeout <= TimeSpan.Zero) yield return $"ConnectTimeout is {ConnectTimeout}; it must be above zero";
        if (Reconnect?.First == TimeSpan.Zero) yield return "Reconnect.First is zero; it must be above zero, or a dead server would be called without a pause";
        if (MaxConnectionAttempts < -1) yield return FormattableString.Invariant($"MaxConnectionAttempts is {MaxConnectionAttempts}; it must be -1 (for ever) or more");
        if (ConnectionsPerServer is < 1 or > 1024) yield return $"ConnectionsPerServer is {ConnectionsPerServer}; it must be in 1..1024";
        if (MaxInFlightPerServer < ConnectionsPerServer || MaxInFlightPerServer > 1 << 24)
        {
            yield return FormattableString.Invariant(
                $"MaxInFlightPerServer is {MaxInFlightPerServer}; it must be in ConnectionsPerServer ({ConnectionsPerServer})..{1 << 24}");
        }
        if (MaxInFlight < 1) yield return $"MaxInFlight is {MaxInFlight}; it must be at least 1";
        if (MaxWaitingRequests < 1) yield return $"MaxWaitingRequests is {MaxWaitingRequests}; it must be at least 1";
        if (MaxFrameBytes is < 64 or > 999_999_999) yield return $"MaxFrameBytes is {MaxFrameBytes}; it must be in 64..999999999";
        if (FrameTimeout <= TimeSpan.Zero) yield return $"FrameTimeout is {FrameTimeout}; it must be above zero";
        if (MaxQueuedBytesPerConnection < 1) yield return $"MaxQueuedBytesPerConnection is {MaxQueuedBytesPerConnection}; it must be at least 1";
        if (MaxOpenServerCalls < 1) yield return $"MaxOpenServerCalls is {MaxOpenServerCalls}; it must be at least 1";
        if (ServerCallTimeout <= TimeSpan.Zero) yield return $"ServerCallTimeout is {ServerCallTimeout}; it must be above zero";
        if (MaxPushedBytes < 1) yield return $"MaxPushedBytes is {MaxPushedBytes}; it must be at least 1";
        if (MaxQueuedEvents < 1) yield return $"MaxQueuedEvents is {MaxQueuedEvents}; it must be at least 1";
        if (TcpUserTimeout is { TotalMilliseconds: < 1 or > int.MaxValue })
        {
            yield return $"TcpUserTimeout is {TcpUserTimeout}; it must be in 1..{int.MaxValue} ms, or null for the system's own bound";
        }
        if (Continuations is null) yield return "Continuations is null; use PipeScheduler.ThreadPool or PipeScheduler.Inline";
    }
}
