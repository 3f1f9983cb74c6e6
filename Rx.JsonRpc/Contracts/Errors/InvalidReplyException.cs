namespace Rx.JsonRpc;

/// <summary>The server answered, but its result does not fit the method's type. The request has run and is not sent again.</summary>
public sealed class InvalidReplyException : JsonRpcException
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Method, server and what does not fit.</param>
    /// <param name="inner">What the serializer said.</param>
    public InvalidReplyException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
