namespace Rx.JsonRpc;

/// <summary>The base of everything that a request can fail with. Its message is one line without control characters, whatever a peer sent.</summary>
public abstract class JsonRpcException : Exception
{
    private string? _told;

    private protected JsonRpcException(string message, Exception? inner = null) : base(OneLine.Of(message), inner)
    {
    }

    /// <summary>
    /// What happened. On a failure of a client's request it names the method, the server, the attempt, whether the request may have run, and
    /// what to do.
    /// </summary>
    public override string Message => _told ?? base.Message;

    /// <summary>Whether the request may have run on a server.</summary>
    public Written Written { get; internal set; }

    /// <summary>The method; empty where it is not known.</summary>
    public string Method { get; internal set; } = "";

    /// <summary>The server that the last attempt was made on; null when there was none.</summary>
    public ServerAddress? Server { get; internal set; }

    /// <summary>Every attempt of the request, in the order in which they began.</summary>
    public IReadOnlyList<Attempt> Attempts { get; internal set; } = [];

    /// <summary>What it was made with: the cause alone.</summary>
    internal string Cause => base.Message;

    /// <summary>Gives it the whole message, once it is known for which request it is.</summary>
    internal void Tell(string message) => _told = OneLine.Of(message);
}
