namespace Rx.JsonRpc;

/// <summary>
/// The server answered, but its reply cannot be used: its result does not fit the method's type, the frame is no reply of JSON-RPC
/// although the request's id can be read in it, or it is longer than <see cref="JsonRpcClientOptions.MaxFrameBytes"/>. The request may have run and is not sent again.
/// </summary>
public sealed class InvalidReplyException : JsonRpcException
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Method, server and what is wrong with the reply.</param>
    /// <param name="inner">What the serializer said.</param>
    public InvalidReplyException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
