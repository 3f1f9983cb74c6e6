using System.IO.Pipelines;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc;

/// <summary>What a listener is made from. Everything that a peer can make grow has a finite bound here.</summary>
public sealed record JsonRpcListenerOptions
{
    /// <summary>
    /// Connections at one time. A newcomer above it replaces the connection without a call in flight that has been silent longest. If each has
    /// a call in flight, the newcomer is accepted, counted and turned away. The calls of a connection that is replaced or turned away are
    /// refused without being run, as while the listener stops, until it is closed after <see cref="StopGrace"/>. 64 such connections are kept
    /// beside the others at most; above that one is closed at once. 1,024 by default.
    /// </summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>
    /// Calls and notifications of one connection that are in flight: arrived and not yet answered or handled. Above it a call is refused
    /// (<see cref="JsonRpcError.Refusal"/>) and a notification is dropped, both before the host hears of them. 16,384 by default.
    /// </summary>
    public int MaxCallsPerConnection { get; init; } = 16_384;

    /// <summary>
    /// The longest frame that is read or sent, in bytes. A longer one from the peer is skipped, and answered with error -32600 if it is a
    /// call whose id can be read in its first or last 256 bytes; the connection stays. A longer result is replaced by error -32603. Both are
    /// published by <see cref="JsonRpcListener.Failures"/>. 4 MiB by default.
    /// </summary>
    public int MaxFrameBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Bytes that wait on one connection, each way. Replies that the peer does not read: above it the peer is disconnected, also while
    /// replies wait for the rest of their batch. Parameters of calls in flight: above it a call is refused as for
    /// <see cref="MaxCallsPerConnection"/>. One frame always fits when nothing else waits, also one that is longer than this. 16 MiB by
    /// default.
    /// </summary>
    public int MaxQueuedBytesPerConnection { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Bytes of all connections together: frames above 16 KiB that are being received, parameters of calls in flight, replies that the peers
    /// have not read. Half of it is divided evenly among <see cref="MaxConnections"/> connections, up to 64 KiB for each; the rest is shared
    /// so that no connection holds more of it than is left. Above that a connection that begins a long frame is not read until there is room,
    /// a call is refused as for <see cref="MaxCallsPerConnection"/>, and a reply closes the connection that holds most. 128 MiB by default.
    /// </summary>
    public long MaxTotalBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>
    /// Calls and notifications of all connections together that are in flight, shared as <see cref="MaxTotalBytes"/>, with up to 64 for each
    /// connection alone. Above it a call is refused as for <see cref="MaxCallsPerConnection"/>. 262,144 by default.
    /// </summary>
    public int MaxTotalCalls { get; init; } = 262_144;

    /// <summary>Messages in one batch; a longer batch is answered with one error -32600, and none of it is carried out. 1,000 by default.</summary>
    public int MaxBatch { get; init; } = 1000;

    /// <summary>Connection changes and failures that wait for their observers, each; above it the newest is dropped. 1,024 by default.</summary>
    public int MaxQueuedEvents { get; init; } = 1024;

    /// <summary>
    /// How long one frame may take from its first byte to its last; then the connection is closed. Any positive value is accepted;
    /// <see cref="TimeSpan.MaxValue"/> means for ever. 30 s by default.
    /// </summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a peer may take to send its first whole frame after it has connected; then the connection is closed. Null, which is for ever,
    /// by default: a client connects to its backup servers and sends nothing for days.
    /// </summary>
    public TimeSpan? FirstFrameTimeout { get; init; }

    /// <summary>
    /// How long a peer may send nothing while no call of it is in flight; then the connection is closed, after this time at the earliest and
    /// twice this time at the latest. Null, which is for ever, by default: a quiet Kamailio sends nothing for days.
    /// </summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>
    /// How long calls in flight may still be answered after the peer has ended its side of the stream; then they count as disconnected.
    /// A peer that has gone looks the same as one that only has nothing more to say. 5 s by default; zero closes at once.
    /// </summary>
    public TimeSpan HalfClosedLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a connection that is to be closed, because the listener stops or has too many, still reads and refuses what comes. It covers
    /// the calls that are on the wire when the listener stops; a peer that sends nothing in this time learns of the stop by the end of the
    /// stream. It begins again with the reply to a call that was in flight. 500 ms by default. Zero ends a connection as soon as nothing is in flight, and a call that is on the wire then is lost.
    /// </summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Where handlers and observers are called. The thread pool by default; <see cref="PipeScheduler.Inline"/> calls them on the reader of
    /// the connection, for hosts that promise not to block there.
    /// </summary>
    public PipeScheduler Continuations { get; init; } = PipeScheduler.ThreadPool;

    /// <summary>How parameters are read and results are written; null for System.Text.Json.</summary>
    public IJsonRpcSerializer? Serializer { get; init; }

    /// <summary>
    /// How the system watches over TCP connections on which nothing moves. After 30 s, every 10 s, three times, by default. A
    /// <see cref="Transport"/> of your own does not heed it.
    /// </summary>
    public TcpKeepAlive TcpKeepAlive { get; init; } = TcpKeepAlive.Default;

    /// <summary>
    /// Whether calls must keep to the letter of JSON-RPC 2.0: <c>"jsonrpc":"2.0"</c>, no <c>"params":null</c>, each member once. One that
    /// does not is answered with error -32600. False by default.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>What is listened on; null for TCP and Unix domain sockets.</summary>
    public IListenerTransport? Transport { get; init; }

    /// <summary>
    /// Whether a peer is told why a handler failed: the exception's message becomes the <c>data</c> of the error. False by default, for a
    /// message may tell too much; the host finds it in <see cref="JsonRpcListener.Failures"/>.
    /// </summary>
    public bool ShowHandlerErrors { get; init; }

    /// <summary>Says what is wrong with the options, all at once.</summary>
    /// <exception cref="ArgumentException">Lists every fault.</exception>
    internal void ThrowIfFaulty()
    {
        string[] faults = [.. Faults()];
        if (faults.Length > 0) throw new ArgumentException($"The listener's options are faulty: {string.Join("; ", faults)}.");
    }

    private static string? OutOfRange(string name, int value, int most) =>
        value >= 1 && value <= most ? null : $"{name} is {value}; it must be in 1..{most}";

    private IEnumerable<string> Faults()
    {
        string?[] ranges =
        [
            OutOfRange(nameof(MaxConnections), MaxConnections, 1 << 20),
            OutOfRange(nameof(MaxCallsPerConnection), MaxCallsPerConnection, 1 << 24),
            OutOfRange(nameof(MaxBatch), MaxBatch, 1 << 20),
            OutOfRange(nameof(MaxQueuedEvents), MaxQueuedEvents, 1 << 24),
        ];
        foreach (string? fault in ranges)
        {
            if (fault is not null) yield return fault;
        }
        if (MaxFrameBytes is < 64 or > 999_999_999) yield return $"MaxFrameBytes is {MaxFrameBytes}; it must be in 64..999999999";
        if (MaxTotalBytes < 1) yield return $"MaxTotalBytes is {MaxTotalBytes}; it must be at least 1";
        if (MaxTotalCalls < 1) yield return $"MaxTotalCalls is {MaxTotalCalls}; it must be at least 1";
        if (FirstFrameTimeout <= TimeSpan.Zero) yield return $"FirstFrameTimeout is {FirstFrameTimeout}; it must be above zero, or null for none";
        if (IdleTimeout <= TimeSpan.Zero) yield return $"IdleTimeout is {IdleTimeout}; it must be above zero, or null for none";
        if (FrameTimeout <= TimeSpan.Zero) yield return $"FrameTimeout is {FrameTimeout}; it must be above zero";
        if (MaxQueuedBytesPerConnection < 1) yield return $"MaxQueuedBytesPerConnection is {MaxQueuedBytesPerConnection}; it must be at least 1";
        if (HalfClosedLimit < TimeSpan.Zero) yield return $"HalfClosedLimit is {HalfClosedLimit}; it must not be negative";
        if (StopGrace < TimeSpan.Zero) yield return $"StopGrace is {StopGrace}; it must not be negative";
        foreach (string fault in TcpKeepAlive?.Faults(nameof(TcpKeepAlive)) ?? ["TcpKeepAlive is null; use TcpKeepAlive.Off"]) yield return fault;
        if (Continuations is null) yield return "Continuations is null; use PipeScheduler.ThreadPool or PipeScheduler.Inline";
    }
}
