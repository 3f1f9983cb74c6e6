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

    /// <summary>The result does not fit the type. What the serializer says quotes the peer: it is cut, and made one line, as inner cause too.</summary>
    internal static InvalidReplyException Of(string method, ServerAddress server, Type type, Exception fault)
    {
        string why = OneLine.OfPeer(fault.Message);
        return new InvalidReplyException(
            $"{method}: the result from {server} cannot be read as {type.Name}: {why}",
            why == fault.Message ? fault : new System.Text.Json.JsonException(why));
    }
}
