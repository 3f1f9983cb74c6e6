namespace Rx.JsonRpc;

/// <summary>
/// The server was not asked: it is not connected, retired, draining, or has no room. Or it was asked, and said that it refused the request
/// without running it. The request has not run.
/// </summary>
public sealed class ServerUnavailableException : JsonRpcException
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Which server, and why.</param>
    /// <param name="inner">What keeps it away.</param>
    public ServerUnavailableException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>What the server said when it refused the request; null when it was not asked.</summary>
    internal JsonRpcError? Refusal { get; init; }
}
