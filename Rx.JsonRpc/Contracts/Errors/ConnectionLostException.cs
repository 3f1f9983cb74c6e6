namespace Rx.JsonRpc;

/// <summary>The connection ended while the request was on its way. <see cref="JsonRpcException.Written"/> says whether it may have run.</summary>
public sealed class ConnectionLostException : JsonRpcException
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Which server, and how the connection ended.</param>
    /// <param name="inner">What ended it.</param>
    public ConnectionLostException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
