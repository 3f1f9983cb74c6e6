namespace Rx.JsonRpc;

/// <summary>The server was not asked: it is not connected, retired, draining, or has no room. The request cannot have run.</summary>
public sealed class ServerUnavailableException : JsonRpcException
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Which server, and why.</param>
    /// <param name="inner">What keeps it away.</param>
    public ServerUnavailableException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
