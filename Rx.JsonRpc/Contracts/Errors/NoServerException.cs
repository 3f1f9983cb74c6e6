namespace Rx.JsonRpc;

/// <summary>Every server was tried, none answered. <see cref="JsonRpcException.Attempts"/> tells the story of each.</summary>
public sealed class NoServerException : JsonRpcException
{
    /// <summary>Makes the failure.</summary>
    /// <param name="message">Method, servers and what to do.</param>
    /// <param name="inner">The failures of the last round.</param>
    public NoServerException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
