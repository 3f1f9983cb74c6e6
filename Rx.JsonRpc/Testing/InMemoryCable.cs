using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Rx.JsonRpc.Testing;

/// <summary>The two directions of one connection.</summary>
internal sealed class InMemoryCable
{
    // Inline and without a synchronization context: nothing leaves the calling thread. The wire and the reader do the same for tasks.
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 64 * 1024,
        resumeWriterThreshold: 32 * 1024,
        useSynchronizationContext: false);

    private readonly InMemoryRoute _route;
    private readonly EndPoint _endPoint;

    public InMemoryCable(InMemoryRoute route, EndPoint client, EndPoint server)
    {
        _route = route;
        _endPoint = server;
        var toServer = new Pipe(Options);
        var toClient = new Pipe(Options);
        ToServer = new InMemoryWire(toServer.Writer, route, toServer: true) { Cut = Reset };
        ToClient = new InMemoryWire(toClient.Writer, route, toServer: false) { Cut = Reset };
        Client = new InMemoryConnection(new InMemoryReader(toClient.Reader), ToServer, client, server, Released);
        Server = new InMemoryConnection(new InMemoryReader(toServer.Reader), ToClient, server, client, Released);
    }

    public InMemoryWire ToServer { get; }

    public InMemoryWire ToClient { get; }

    public InMemoryConnection Client { get; }

    public InMemoryConnection Server { get; }

    public void Reset()
    {
        _route.Forget(this);
        var error = new SocketException((int)SocketError.ConnectionReset, $"The connection to {_endPoint} was reset.");
        ToServer.Lose(error);
        ToClient.Lose(error);
    }

    public void Reconsider(bool newCut)
    {
        ToServer.Reconsider(newCut);
        ToClient.Reconsider(newCut);
    }

    private void Released()
    {
        if (Client.IsClosed && Server.IsClosed) _route.Forget(this);
    }
}
