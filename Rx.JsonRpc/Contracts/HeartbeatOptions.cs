namespace Rx.JsonRpc;

/// <summary>Whether, and how, a connection on which nothing is heard is asked for a sign of life.</summary>
/// <remarks>
/// It finds a peer that is frozen or has vanished although its connection stands, within <see cref="Interval"/> and <see cref="Timeout"/>
/// after the last byte that was heard. A server that carries out one call after the other, and may be busy with one for longer than
/// <see cref="Timeout"/>, looks the same as a frozen one: give it more time, or none of this.
/// </remarks>
public sealed record HeartbeatOptions
{
    /// <summary>No heartbeat.</summary>
    public static HeartbeatOptions Off => new() { Enabled = false };

    /// <summary>Whether there is a heartbeat. True by default, so that <c>new()</c> turns it on.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long nothing may have been heard before the server is asked. 5 s by default.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the server then has to say anything at all. 2 s by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The method that is called, without parameters. The server need not know it: an error reply proves life as well as a result.
    /// <c>rpc.ping</c> by default.
    /// </summary>
    public string Method { get; init; } = "rpc.ping";

    internal IEnumerable<string> Faults(string name)
    {
        if (Interval <= TimeSpan.Zero) yield return $"{name}.Interval is {Interval}; it must be above zero";
        if (Timeout <= TimeSpan.Zero) yield return $"{name}.Timeout is {Timeout}; it must be above zero";
        if (string.IsNullOrEmpty(Method)) yield return $"{name}.Method is empty; name a method that does nothing";
    }
}
