namespace Rx.JsonRpc;

/// <summary>The last attempt that reached a server ran out of time, or there was no time for any: its deadline had passed.</summary>
public sealed class RequestTimeoutException : JsonRpcException
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Method, server, attempt and what to do.</param>
    /// <param name="inner">What ran out.</param>
    public RequestTimeoutException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
