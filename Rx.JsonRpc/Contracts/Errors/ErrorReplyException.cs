namespace Rx.JsonRpc;

/// <summary>The server answered with a JSON-RPC error. Inside the pipeline that is a value; only the edge turns it into an exception.</summary>
public sealed class ErrorReplyException : JsonRpcException
{
    /// <summary>Makes the failure.</summary>
    /// <param name="error">What the server said.</param>
    /// <param name="message">Method, server and error; null for the error alone.</param>
    public ErrorReplyException(JsonRpcError error, string? message = null) : base(message ?? error?.ToString() ?? "")
    {
        ArgumentNullException.ThrowIfNull(error);
        Error = error;
    }

    /// <summary>What the server said.</summary>
    public JsonRpcError Error { get; }
}
