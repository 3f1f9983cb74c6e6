using System.IO.Pipelines;

namespace Rx.JsonRpc;

/// <summary>What a client is made from. Everything that a peer can make grow has a finite bound here.</summary>
public sealed record JsonRpcClientOptions
{
    /// <summary>The servers; at least one, each end point once.</summary>
    public IReadOnlyList<ServerAddress> Servers { get; init; } = [];

    /// <summary>What holds for requests that bring no policy of their own.</summary>
    public RequestPolicy Policy { get; init; } = RequestPolicy.Default;

    /// <summary>When a server that fails calls is left alone for a while. 5 failures in a row, or half of 20 calls, by default.</summary>
    public BreakerOptions Breaker { get; init; } = BreakerOptions.Default;

    /// <summary>How many replays the client may send. 20 % of the requests and 10 each second by default.</summary>
    public RetryBudget RetryBudget { get; init; } = RetryBudget.Default;

    /// <summary>How long one attempt to connect may take. 3 s by default.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The wait between attempts to connect. 100 ms to 30 s by default.</summary>
    public Backoff Reconnect { get; init; } = Backoff.Default;

    /// <summary>
    /// How many attempts to reconnect may fail in a row before a server is retired: -1 for ever (default), 0 never reconnect.
    /// A connection that held resets the count.
    /// </summary>
    public int MaxConnectionAttempts { get; init; } = -1;

    /// <summary>Connections to each server. 1 by default.</summary>
    public int ConnectionsPerServer { get; init; } = 1;

    /// <summary>Requests in flight per server, shared evenly among its connections; above it a server counts as unavailable. 65,536 by default.</summary>
    public int MaxInFlightPerServer { get; init; } = 65_536;

    /// <summary>Bytes per connection that wait to be handed to the socket; above it a server counts as unavailable. 16 MiB by default.</summary>
    public int MaxQueuedBytesPerConnection { get; init; } = 16 * 1024 * 1024;

    /// <summary>The longest frame that is read or sent, in bytes. 4 MiB by default.</summary>
    public int MaxFrameBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Notifications, changes and diagnostics that wait for their observers, each; above it the newest is dropped. 1,024 by default.</summary>
    public int MaxQueuedEvents { get; init; } = 1024;

    /// <summary>Whether replies must keep to the letter of JSON-RPC 2.0: <c>jsonrpc</c> present, exactly one of result and error. False by default.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether methods may be called whose names start with <c>rpc.</c>. False by default.</summary>
    public bool AllowReservedMethods { get; init; }

    /// <summary>
    /// Where observers are called. The thread pool by default; <see cref="PipeScheduler.Inline"/> calls them on the reader of the
    /// connection, for hosts that promise not to block there.
    /// </summary>
    public PipeScheduler Continuations { get; init; } = PipeScheduler.ThreadPool;

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
            .Concat(LimitFaults());

    private IEnumerable<string> ServerFaults()
    {
        if (Servers is null or { Count: 0 }) yield return "Servers is empty; name at least one";
        var seen = new HashSet<string>();
        for (int i = 0; i < (Servers?.Count ?? 0); i++)
        {
            ServerAddress? server = Servers![i];
            if (server?.EndPoint is null) yield return $"Servers[{i}] has no end point";
            else if (!seen.Add(server.Identity)) yield return $"Servers[{i}] names {server} again";
            if (server?.Weight < 1) yield return $"Servers[{i}].Weight is {server.Weight}; it must be at least 1";
        }
    }

    private IEnumerable<string> LimitFaults()
    {
        if (ConnectTimeout <= TimeSpan.Zero) yield return $"ConnectTimeout is {ConnectTimeout}; it must be above zero";
        if (Reconnect?.First == TimeSpan.Zero) yield return "Reconnect.First is zero; it must be above zero, or a dead server would be called without a pause";
        if (MaxConnectionAttempts < -1) yield return $"MaxConnectionAttempts is {MaxConnectionAttempts}; it must be -1 (for ever) or more";
        if (ConnectionsPerServer is < 1 or > 1024) yield return $"ConnectionsPerServer is {ConnectionsPerServer}; it must be in 1..1024";
        if (MaxInFlightPerServer < ConnectionsPerServer || MaxInFlightPerServer > 1 << 24)
        {
            yield return $"MaxInFlightPerServer is {MaxInFlightPerServer}; it must be in ConnectionsPerServer ({ConnectionsPerServer})..{1 << 24}";
        }
        if (MaxFrameBytes is < 64 or > 999_999_999) yield return $"MaxFrameBytes is {MaxFrameBytes}; it must be in 64..999999999";
        if (MaxQueuedBytesPerConnection < MaxFrameBytes)
        {
            yield return $"MaxQueuedBytesPerConnection is {MaxQueuedBytesPerConnection}; it must be at least MaxFrameBytes ({MaxFrameBytes})";
        }
        if (MaxQueuedEvents < 1) yield return $"MaxQueuedEvents is {MaxQueuedEvents}; it must be at least 1";
        if (Continuations is null) yield return "Continuations is null; use PipeScheduler.ThreadPool or PipeScheduler.Inline";
    }
}
