using System.Text.Json.Serialization;

namespace Rx.JsonRpc;

/// <summary>The states of a server.</summary>
public enum ServerState
{
    /// <summary>A connection is being opened, or will be as soon as the client is started.</summary>
    Connecting,

    /// <summary>Requests can be sent.</summary>
    Connected,

    /// <summary>Not connected; the next attempt comes when the backoff has passed.</summary>
    Waiting,

    /// <summary>Connected, but left alone by its circuit breaker, because calls to it failed.</summary>
    Ejected,

    /// <summary>
    /// Takes no new requests; those in flight may end. By hand, because it was removed, because the client drains, or because the server
    /// said that it leaves: then the client closes the connection and connects again.
    /// </summary>
    Draining,

    /// <summary>Given up for good: the attempts are used up, it was removed, or the client is disposed.</summary>
    Retired,

    /// <summary>Taken out by hand: takes no new requests, and its connections close when those in flight have ended.</summary>
    Disabled,
}

/// <summary>A server changed its state.</summary>
/// <param name="Server">Which server.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state now.</param>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="At">When, by the client's clock.</param>
public sealed record ServerChange(ServerAddress Server, ServerState From, ServerState To, string Reason, DateTimeOffset At)
{
    /// <summary>Why, in a few words on one line.</summary>
    public string Reason { get; init; } = OneLine.Of(Reason);

    /// <summary>One line for a log.</summary>
    /// <returns>Server, states and reason.</returns>
    public override string ToString() => $"{Server}: {From} -> {To} ({Reason})";
}

/// <summary>A notification that a server pushed.</summary>
/// <param name="Server">Which server.</param>
/// <param name="Method">The method's name.</param>
/// <param name="Parameters">The parameters as they were received; empty when there were none.</param>
public sealed record ServerNotification(
    ServerAddress Server, string Method, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] RawJson Parameters)
{
    /// <summary>One line for a log, without the parameters.</summary>
    /// <returns>Server, method and the length of the parameters.</returns>
    public override string ToString() => FormattableString.Invariant($"{Server}: notification {OneLine.OfPeer(Method)} ({Parameters.Utf8.Length} bytes)");
}

/// <summary>Why something that a server sent was dropped.</summary>
public enum DropReason
{
    /// <summary>The frame is not JSON in UTF-8, and no id of a request that waits can be read in it.</summary>
    NotJson,

    /// <summary>JSON, but no notification, no request, and no reply to a request that waits.</summary>
    NotAReply,

    /// <summary>A reply whose request has already ended.</summary>
    LateReply,

    /// <summary>A reply with an id that was never given out, or with none.</summary>
    UnknownId,

    /// <summary>A notification, a change or a diagnostic that found its queue full, or an answer to a server's own request.</summary>
    QueueFull,

    /// <summary>An error without an id that may mean one of several things that were sent; <see cref="ServerDiagnostic.ErrorCode"/> has its code.</summary>
    ErrorWithoutId,

    /// <summary>
    /// A frame above <see cref="JsonRpcClientOptions.MaxFrameBytes"/>. Its bytes are skipped; if it is the reply to an open request, that
    /// request fails. Also an answer of this client to a server's request above that limit.
    /// </summary>
    TooLong,

    /// <summary>
    /// Nothing was dropped: a call had no reply in its time, but the client itself was late to look for it, as its threads are blocked. That
    /// does not count against the server; <see cref="ServerDiagnostic.Late"/> says how late.
    /// </summary>
    ClientLate,
}

/// <summary>Something that a server sent was counted and dropped. The connection stays.</summary>
/// <param name="Server">Which server.</param>
/// <param name="Reason">Why.</param>
/// <param name="Length">The frame's length in bytes; its content is never kept.</param>
public sealed record ServerDiagnostic(ServerAddress Server, DropReason Reason, long Length)
{
    /// <summary>The code of an <see cref="DropReason.ErrorWithoutId"/>; null when it has none that can be used, and for every other reason.</summary>
    public int? ErrorCode { get; init; }

    /// <summary>For <see cref="DropReason.ClientLate"/>, how long after its time the call failed; zero for every other reason.</summary>
    public TimeSpan Late { get; init; }
}
