namespace Rx.JsonRpc;

/// <summary>The parameters cannot be sent: they cannot be written, are neither object nor array, or are too long. Never tried again.</summary>
public sealed class InvalidParametersException : JsonRpcException
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Method, and what is wrong with the parameters.</param>
    /// <param name="inner">What the serializer said.</param>
    public InvalidParametersException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
