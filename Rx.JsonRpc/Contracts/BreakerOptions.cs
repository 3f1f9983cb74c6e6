namespace Rx.JsonRpc;

/// <summary>When a server is left alone for a while, because calls to it fail, and for how long.</summary>
/// <remarks>
/// Lost connections and timeouts are failures. A reply is a success, an error reply too: it proves that the server is alive. What was
/// never sent, what the caller cancelled, what the client itself was late to read and parameters that cannot be written say nothing about
/// a server. When every server of the client is ejected or not connected, ejection is disregarded.
/// </remarks>
public sealed record BreakerOptions
{
    /// <summary>Five failures in a row, or half of at least 20 calls in 10 s; ejected for 5 s, doubling to 5 min.</summary>
    public static BreakerOptions Default => new();

    /// <summary>No server is ever ejected.</summary>
    public static BreakerOptions Off => new() { Enabled = false };

    /// <summary>Whether servers are ejected. True by default.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Calls in a row that met silence and so eject the server: no reply in time, and nothing else came from it meanwhile. 5 by default.</summary>
    public int ConsecutiveFailures { get; init; } = 5;

    /// <summary>The share of calls without a reply in their time that ejects a server, in (0, 1]; looked at when a call fails. 0.5 by default.</summary>
    public double FailureRate { get; init; } = 0.5;

    /// <summary>The calls that the window must hold before their failure rate counts. 20 by default.</summary>
    public int MinimumCalls { get; init; } = 20;

    /// <summary>How far back the failure rate looks, in steps of a tenth. 10 s by default.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The bound of the first ejection; it doubles each time that the probe call fails. A server stays ejected between the bound and
    /// 1.2 times the bound, drawn at random (<see cref="JsonRpcClientOptions.Random"/>), so that clients do not probe it together. 5 s by default.
    /// </summary>
    public TimeSpan FirstEjection { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What the bound does not exceed. 5 min by default.</summary>
    public TimeSpan MaxEjection { get; init; } = TimeSpan.FromMinutes(5);

    internal IEnumerable<string> Faults(string name)
    {
        if (ConsecutiveFailures < 1) yield return $"{name}.ConsecutiveFailures is {ConsecutiveFailures}; it must be at least 1";
        if (!(FailureRate is > 0 and <= 1)) yield return $"{name}.FailureRate is {FailureRate}; it must be above 0 and at most 1";
        if (MinimumCalls < 1) yield return $"{name}.MinimumCalls is {MinimumCalls}; it must be at least 1";
        if (Window < TimeSpan.FromMilliseconds(10)) yield return $"{name}.Window is {Window}; it must be at least 10 ms";
        if (FirstEjection <= TimeSpan.Zero) yield return $"{name}.FirstEjection is {FirstEjection}; it must be above zero";
        if (MaxEjection < FirstEjection) yield return $"{name}.MaxEjection is {MaxEjection}; it must be at least FirstEjection ({FirstEjection})";
    }
}
