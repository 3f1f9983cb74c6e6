using System.IO.Pipelines;
using System.Net;

namespace Rx.JsonRpc.Kamailio;

/// <summary>What a gateway is made from. Everything that a peer can make grow has a finite bound here.</summary>
public sealed record EvapiGatewayOptions
{
    private static readonly TimeSpan LongestGrace = TimeSpan.FromHours(1);

    /// <summary>Kamailio's evapi sockets (<c>bind_addr</c>); at least one, each once. The gateway connects to them.</summary>
    public IReadOnlyList<EndPoint> Sockets { get; init; } = [];

    /// <summary>
    /// The clients that answer when <see cref="EvapiGateway.Serve"/> is called, by the name that the event's <c>servers</c> gives. They
    /// stay the host's: the gateway disposes none of them.
    /// </summary>
    public IReadOnlyDictionary<string, JsonRpcClient> Pools { get; init; } = new Dictionary<string, JsonRpcClient>();

    /// <summary>The pool of events that name none. <c>default</c> by default; with a single pool, that one whatever its name.</summary>
    public string DefaultPool { get; init; } = "default";

    /// <summary>
    /// Transactions and served notifications in flight, over all sockets. Above it a transaction is resumed at once at its error route,
    /// and a notification is dropped. 10,000 by default.
    /// </summary>
    public int MaxInFlight { get; init; } = 10_000;

    /// <summary>
    /// Bytes of the events that are in flight or wait for their observers, and of the answers that Kamailio has not read, over all sockets.
    /// An event that would exceed it is treated as above <see cref="MaxInFlight"/>; one event always fits when nothing else is kept.
    /// 64 MiB by default.
    /// </summary>
    public int MaxBufferedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest event that is read, in bytes; a longer one closes the connection. 1 MiB by default.</summary>
    public int MaxFrameBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// The longest answer that is sent, in bytes: what Kamailio's evapi can read. A longer one is replaced by a failure. 32,000 by
    /// default; Kamailio 5.6 reads at most 32,750.
    /// </summary>
    public int MaxAnswerBytes { get; init; } = 32_000;

    /// <summary>Answers that Kamailio does not read, in bytes per connection; above it the connection is closed. 16 MiB by default.</summary>
    public int MaxQueuedBytesPerConnection { get; init; } = 16 * 1024 * 1024;

    /// <summary>Notifications, changes and diagnostics that wait for their observers, each; above it the newest is dropped. 1,024 by default.</summary>
    public int MaxQueuedEvents { get; init; } = 1024;

    /// <summary>How long one attempt to connect may take. 3 s by default.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The wait between attempts to connect, for ever. 100 ms to 1 s, with jitter, by default: calls fail in Kamailio while nobody is
    /// connected.
    /// </summary>
    public Backoff Reconnect { get; init; } = new() { Max = TimeSpan.FromSeconds(1) };

    /// <summary>
    /// How long a drain goes on taking transactions after it has told Kamailio that the gateway leaves: those that were on their way. Part
    /// of the drain's limit. 250 ms by default; zero refuses at once.
    /// </summary>
    public TimeSpan LeavingGrace { get; init; } = TimeSpan.FromMilliseconds(250);

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

    /// <summary>How connections are opened; null for TCP and Unix domain sockets.</summary>
    public IConnector? Connector { get; init; }

    /// <summary>Says what is wrong with the options, all at once.</summary>
    /// <exception cref="ArgumentException">Lists every fault.</exception>
    internal void ThrowIfFaulty()
    {
        string[] faults = [.. SocketFaults(), .. PoolFaults(), .. LimitFaults()];
        if (faults.Length > 0) throw new ArgumentException($"The gateway's options are faulty: {string.Join("; ", faults)}.");
    }

    private IEnumerable<string> SocketFaults()
    {
        if (Sockets is null or { Count: 0 }) yield return "Sockets is empty; name at least one evapi socket";
        var seen = new HashSet<string>();
        for (int i = 0; i < (Sockets?.Count ?? 0); i++)
        {
            if (Sockets![i] is not { } socket) yield return $"Sockets[{i}] is null";
            // Kamailio relays each event to every connection: the second one would send everything twice.
            else if (!seen.Add(new ServerAddress(socket).Identity)) yield return $"Sockets[{i}] names {new ServerAddress(socket)} again";
        }
    }

    private IEnumerable<string> PoolFaults()
    {
        if (Pools is null) yield return "Pools is null; leave it empty";
        foreach (KeyValuePair<string, JsonRpcClient> pool in Pools ?? new Dictionary<string, JsonRpcClient>())
        {
            if (pool.Key.Length is 0 or > EvapiEventReader.MaxNameChars)
            {
                yield return $"Pools names '{pool.Key}'; a name must have 1..{EvapiEventReader.MaxNameChars} characters";
            }
            if (pool.Value is null) yield return $"Pools['{pool.Key}'] is null";
        }
        if (DefaultPool is null) yield return "DefaultPool is null; leave it as it is";
    }

    private IEnumerable<string> LimitFaults()
    {
        if (MaxInFlight is < 1 or > 1 << 24) yield return $"MaxInFlight is {MaxInFlight}; it must be in 1..{1 << 24}";
        if (MaxBufferedBytes < 1) yield return $"MaxBufferedBytes is {MaxBufferedBytes}; it must be at least 1";
        if (MaxFrameBytes is < 64 or > 999_999_999) yield return $"MaxFrameBytes is {MaxFrameBytes}; it must be in 64..999999999";
        // The replacement for a longer answer must fit in.
        if (MaxAnswerBytes is < 2048 or > 999_999_999) yield return $"MaxAnswerBytes is {MaxAnswerBytes}; it must be in 2048..999999999";
        if (MaxQueuedBytesPerConnection < MaxAnswerBytes)
        {
            yield return $"MaxQueuedBytesPerConnection is {MaxQueuedBytesPerConnection}; it must be at least MaxAnswerBytes ({MaxAnswerBytes})";
        }
        if (MaxQueuedEvents < 1) yield return $"MaxQueuedEvents is {MaxQueuedEvents}; it must be at least 1";
        if (ConnectTimeout <= TimeSpan.Zero) yield return $"ConnectTimeout is {ConnectTimeout}; it must be above zero";
        if (LeavingGrace < TimeSpan.Zero || LeavingGrace > LongestGrace) yield return $"LeavingGrace is {LeavingGrace}; it must be in {TimeSpan.Zero}..{LongestGrace}";
        foreach (string fault in Reconnect?.Faults(nameof(Reconnect)) ?? ["Reconnect is null"]) yield return fault;
        if (Reconnect?.First == TimeSpan.Zero) yield return "Reconnect.First is zero; it must be above zero, or a dead Kamailio would be called without a pause";
        foreach (string fault in TcpKeepAlive?.Faults(nameof(TcpKeepAlive)) ?? ["TcpKeepAlive is null; use TcpKeepAlive.Off"]) yield return fault;
        if (Continuations is null) yield return "Continuations is null; use PipeScheduler.ThreadPool or PipeScheduler.Inline";
    }
}
