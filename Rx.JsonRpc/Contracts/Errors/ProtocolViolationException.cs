namespace Rx.JsonRpc;

/// <summary>The peer does not speak netstrings: at this byte the connection had to be closed.</summary>
public sealed class ProtocolViolationException : JsonRpcException
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Who, what was found and what was expected.</param>
    /// <param name="offset">How many bytes of the connection came before the bad one.</param>
    public ProtocolViolationException(string message, long offset) : base(message) => Offset = offset;

    /// <summary>How many bytes of the connection came before the bad one.</summary>
    public long Offset { get; }
}
