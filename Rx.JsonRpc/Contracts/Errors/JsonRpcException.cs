namespace Rx.JsonRpc;

/// <summary>The base of everything that a request can fail with.</summary>
public abstract class JsonRpcException : Exception
{
    private protected JsonRpcException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>Whether the request may have run on a server.</summary>
    public Written Written { get; internal set; }

    /// <summary>The method; empty where it is not known.</summary>
    public string Method { get; internal set; } = "";

    /// <summary>The server that the last attempt was made on; null when there was none.</summary>
    public ServerAddress? Server { get; internal set; }

    /// <summary>Every attempt of the request, in the order in which they began.</summary>
    public IReadOnlyList<Attempt> Attempts { get; internal set; } = [];
}
