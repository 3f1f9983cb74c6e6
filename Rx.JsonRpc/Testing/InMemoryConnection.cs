using System.IO.Pipelines;
using System.Net;

namespace Rx.JsonRpc.Testing;

/// <summary>One end of a connection through an <see cref="InMemoryNetwork"/>.</summary>
/// <remarks>
/// Whatever waits for a byte runs inside the call that brings it: when <see cref="PipeWriter.FlushAsync"/> returns, the peer has seen
/// what was written and has done what it does about it.
/// <list type="table">
/// <item><term><see cref="Output"/> completed</term><description>the peer's reads end cleanly after the last byte</description></item>
/// <item><term><see cref="Input"/> completed</term><description>the peer's flushes say that they are completed</description></item>
/// <item><term>disposed</term><description>both</description></item>
/// <item><term>aborted</term><description>the peer's reads and flushes throw; bytes not yet read are lost</description></item>
/// </list>
/// </remarks>
public sealed class InMemoryConnection : IDuplexPipe, IAsyncDisposable
{
    private readonly Action _released;

    internal InMemoryConnection(PipeReader input, PipeWriter output, EndPoint local, EndPoint remote, Action released)
    {
        _released = released;
        Input = input;
        Output = output;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
    }

    /// <summary>What the peer sends.</summary>
    public PipeReader Input { get; }

    /// <summary>What goes to the peer; a flush waits while 64 KiB are unread.</summary>
    public PipeWriter Output { get; }

    /// <summary>Where this end is.</summary>
    public EndPoint LocalEndPoint { get; }

    /// <summary>Where the peer is.</summary>
    public EndPoint RemoteEndPoint { get; }

    internal bool IsClosed { get; private set; }

    /// <summary>Resets the connection: the peer's reads and flushes throw the error, as after a lost link.</summary>
    /// <param name="error">What the peer sees.</param>
    public void Abort(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Output.Complete(error);
        Input.Complete(error);
        Release();
    }

    /// <summary>Closes the connection cleanly.</summary>
    /// <returns>Already completed.</returns>
    public ValueTask DisposeAsync()
    {
        Output.Complete();
        Input.Complete();
        Release();
        return ValueTask.CompletedTask;
    }

    internal static (InMemoryConnection Client, InMemoryConnection Server) CreatePair(EndPoint client, EndPoint server) =>
        new InMemoryRoute(server, clock: null).Lay(client);

    private void Release()
    {
        IsClosed = true;
        _released();
    }
}
