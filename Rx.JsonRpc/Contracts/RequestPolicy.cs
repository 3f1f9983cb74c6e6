namespace Rx.JsonRpc;

/// <summary>How a request is carried out: how long, how often, and what is tried again.</summary>
public sealed record RequestPolicy
{
    // A policy never changes, so it is checked once and not for each request. What the mark says does not hold for a changed copy.
    private CheckMark _checked;

    /// <summary>The defaults of every property.</summary>
    /// <remarks>
    /// Each read gives a new object, here as for every shared default of the options: a configuration binder that writes into it changes no
    /// other client. Code that passes it with many requests keeps it in a field.
    /// </remarks>
    public static RequestPolicy Default => new();

    /// <summary>How long one attempt on one server may take. 500 ms by default.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the request may take over all attempts and waits. 5 s by default.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// When the request must have ended, on the client's clock; null for no such moment, the default. It is read when the request is
    /// subscribed: then the smaller of <see cref="TotalTimeout"/> and the time until the deadline bounds the request. With a deadline
    /// that has passed nothing is sent. It belongs to one request; the client's own policy cannot have one.
    /// </summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whole rounds over the groups after the first; -1 for as long as <see cref="TotalTimeout"/> lasts, which takes a backoff above zero. 0 by default.</summary>
    public int Retries { get; init; }

    /// <summary>
    /// The wait between rounds. 100 ms doubling to 1 s, with full jitter, by default: a wait must not outlast what is left of
    /// <see cref="TotalTimeout"/> while a server comes back.
    /// </summary>
    public Backoff Backoff { get; init; } = new() { Max = TimeSpan.FromSeconds(1) };

    /// <summary>When a failed request may be sent again. An idempotent method turns <see cref="Replay.IfNotWritten"/> into <see cref="Replay.Always"/>.</summary>
    public Replay Replay { get; init; } = Replay.IfNotWritten;

    /// <summary>
    /// What happens when a whole round finds no server to ask. <see cref="WhenDisconnected.FailFast"/> by default. Waiting costs neither
    /// <see cref="Retries"/> nor retry budget, for nothing was sent.
    /// </summary>
    public WhenDisconnected WhenDisconnected { get; init; }

    /// <summary>JSON-RPC error codes that count as failures: the next server is asked. None by default.</summary>
    public ErrorCodes RetryOn { get; init; } = ErrorCodes.None;

    /// <summary>
    /// When a second server is tried beside one that is slow; null for never, the default. It counts for requests that may run twice: of an
    /// idempotent method, or with <see cref="Replay.Always"/>. For others no hedge is sent.
    /// </summary>
    public Hedge? Hedge { get; init; }

    /// <summary>Says what is wrong with the policy, all at once.</summary>
    /// <exception cref="ArgumentException">Lists every fault.</exception>
    internal void ThrowIfFaulty()
    {
        if (_checked.IsOf(this)) return;
        string[] faults = [.. Faults("RequestPolicy")];
        if (faults.Length > 0) throw new ArgumentException(string.Join("; ", faults));
        _checked = new CheckMark(this);
    }

    internal IEnumerable<string> Faults(string name)
    {
        if (TryTimeout <= TimeSpan.Zero) yield return $"{name}.TryTimeout is {TryTimeout}; it must be above zero";
        if (TotalTimeout <= TimeSpan.Zero) yield return $"{name}.TotalTimeout is {TotalTimeout}; it must be above zero";
        if (Retries < -1) yield return FormattableString.Invariant($"{name}.Retries is {Retries}; it must be -1 (for ever) or more");
        if (Retries == -1 && Backoff?.First == TimeSpan.Zero)
        {
            yield return $"{name}.Retries is -1 (for ever) and Backoff.First zero; it must be above zero, or servers that are away would be asked without a pause";
        }
        if (!Enum.IsDefined(Replay)) yield return $"{name}.Replay is {(int)Replay}; it must be IfNotWritten, Always or Never";
        if (!Enum.IsDefined(WhenDisconnected)) yield return $"{name}.WhenDisconnected is {(int)WhenDisconnected}; it must be FailFast or Wait";
        if (WhenDisconnected == WhenDisconnected.Wait && Replay == Replay.Never)
        {
            yield return $"{name}.WhenDisconnected is Wait and Replay Never; what is tried only once cannot wait for a server: use IfNotWritten";
        }
        if (RetryOn is null) yield return $"{name}.RetryOn is null; use ErrorCodes.None";
        if (Backoff is null) yield return $"{name}.Backoff is null; use Backoff.None";
        foreach (string fault in Backoff?.Faults($"{name}.Backoff") ?? []) yield return fault;
        foreach (string fault in Hedge?.Faults($"{name}.Hedge") ?? []) yield return fault;
    }

    /// <summary>Which policy was found without a fault. It is no part of what makes two policies equal.</summary>
    private readonly struct CheckMark(RequestPolicy policy) : IEquatable<CheckMark>
    {
        private readonly RequestPolicy? _policy = policy;

        public bool IsOf(RequestPolicy policy) => ReferenceEquals(_policy, policy);

        public bool Equals(CheckMark other) => true;

        public override bool Equals(object? obj) => obj is CheckMark;

        public override int GetHashCode() => 0;
    }
}
