namespace Rx.JsonRpc;

/// <summary>The base of everything that a request can fail with.</summary>
public abstract class JsonRpcException : Exception
{
    private protected JsonRpcException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>Whether the request may have run on a server.</summary>
    public Written Written { get; init; }

    /// <summary>The method; empty where it is not known.</summary>
    public string Method { get; init; } = "";

    /// <summary>The server that the last attempt was made on; null when there was none.</summary>
    public ServerAddress? Server { get; init; }

    /// <summary>Every attempt of the request, in order.</summary>
    public IReadOnlyList<Attempt> Attempts { get; init; } = [];
}
