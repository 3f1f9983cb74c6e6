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

    /// <summary>The failure that an error reply becomes, made anew for each observer: a shared one would grow its stack trace.</summary>
    internal static ErrorReplyException Of<T>(in Reply<T> reply)
    {
        JsonRpcError error = reply.Error!;
        ServerAddress? server = reply.Attempts.LastOrDefault(static attempt => attempt.End == AttemptEnd.Error).Server;
        return new ErrorReplyException(error, server is null ? null : $"{server} answered with error {error}")
        {
            Written = Written.MaybeExecuted,
            Server = server,
            Attempts = reply.Attempts,
        };
    }
}
