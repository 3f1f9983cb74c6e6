using System.Buffers;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>A request that waits for its reply. Whoever removes it from the table, and nobody else, calls one of the members below, once.</summary>
internal abstract class PendingRequest : IOutgoing
{
    /// <summary>The request's id, given by the table; negative until then.</summary>
    public long Id { get; set; } = -1;

    /// <summary>How often something else had been sent on its connection, that may have an error without an id, when it was sent.</summary>
    public int SentAfter { get; set; }

    /// <summary>Whether its bytes were handed to the socket, so that there can be a reply.</summary>
    public abstract bool HasLeft { get; }

    /// <summary>The result; the bytes are borrowed until the call returns. Runs on the reader of the connection.</summary>
    public abstract void OnResult(in ReadOnlySequence<byte> json);

    /// <summary>The error reply. Runs on the reader of the connection.</summary>
    public abstract void OnErrorReply(JsonRpcError error);

    /// <summary>A reply that cannot be used, and why. Runs on the reader of the connection.</summary>
    public abstract void OnUnusable(string why);

    /// <summary>The connection ended first; the failure belongs to this request alone.</summary>
    public abstract void OnLost(Exception failure);

    public abstract bool TryHandOver();

    public abstract void Dropped();
}
