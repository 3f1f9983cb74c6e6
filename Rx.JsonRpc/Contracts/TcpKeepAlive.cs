namespace Rx.JsonRpc;

/// <summary>When the system asks the other end of a TCP connection on which nothing moves whether it is still there.</summary>
/// <remarks>
/// It finds a host that has vanished, within <see cref="Time"/> + <see cref="RetryCount"/> * <see cref="Interval"/>; it also keeps firewalls
/// from forgetting a quiet connection. It cannot find a process that stands still, for that one's system goes on answering. Not
/// heeded while sent bytes wait for their acknowledgement: see <see cref="JsonRpcClientOptions.TcpUserTimeout"/>.
/// </remarks>
public sealed record TcpKeepAlive
{
    private const int MostSeconds = 32_767;
    private const int MostRetries = 127;

    /// <summary>Asked after 30 s, then every 10 s, given up after the third time: a vanished host is found in a minute.</summary>
    public static TcpKeepAlive Default => new();

    /// <summary>The system's own settings hold; most systems do not ask unless told to.</summary>
    public static TcpKeepAlive Off => new() { Enabled = false };

    /// <summary>Whether the other end is asked. True by default.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long nothing may have moved before the first question; whole seconds. 30 s by default.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The wait for an answer before the next question; whole seconds. 10 s by default.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many questions may stay unanswered. 3 by default.</summary>
    public int RetryCount { get; init; } = 3;

    internal IEnumerable<string> Faults(string name)
    {
        if (NotInSeconds(Time)) yield return $"{name}.Time is {Time}; it must be a whole number of seconds in 1..{MostSeconds}";
        if (NotInSeconds(Interval)) yield return $"{name}.Interval is {Interval}; it must be a whole number of seconds in 1..{MostSeconds}";
        if (RetryCount is < 1 or > MostRetries) yield return $"{name}.RetryCount is {RetryCount}; it must be in 1..{MostRetries}";
    }

    // Linux takes no more (tcp(7)), and no system takes fractions.
    private static bool NotInSeconds(TimeSpan time) =>
        time < TimeSpan.FromSeconds(1) || time > TimeSpan.FromSeconds(MostSeconds) || time.Ticks % TimeSpan.TicksPerSecond != 0;
}
