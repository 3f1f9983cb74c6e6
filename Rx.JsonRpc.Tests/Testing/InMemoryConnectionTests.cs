using System.IO.Pipelines;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Testing;

public class InMemoryConnectionTests
{
    private readonly InMemoryConnection _client;
    private readonly InMemoryConnection _server;

    public InMemoryConnectionTests()
    {
        var network = new InMemoryNetwork();
        using IAcceptor acceptor = network.Listen(new InMemoryEndPoint("here"));
        _client = (InMemoryConnection)network.ConnectAsync(acceptor.LocalEndPoint).Now();
        _server = (InMemoryConnection)acceptor.AcceptAsync().Now()!.Pipe;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dispose_EitherSide_PeerReadsTheRestThenACleanEnd(bool client)
    {
        (InMemoryConnection closing, InMemoryConnection peer) = client ? (_client, _server) : (_server, _client);
        closing.Output.WriteAsync("last words"u8.ToArray()).Now();

        Assert.True(closing.DisposeAsync().IsCompletedSuccessfully);

        Assert.True(peer.Input.TryRead(out ReadResult rest));
        Assert.Equal("last words"u8.ToArray(), rest.Buffer.First.ToArray());
        Assert.True(rest.IsCompleted);
        Assert.True(peer.Output.WriteAsync("unheard"u8.ToArray()).Now().IsCompleted);
    }

    [Fact]
    public void Complete_OutputOnly_OtherDirectionStaysOpen()
    {
        _client.Output.Complete();

        Assert.True(_server.Input.TryRead(out ReadResult end) && end.IsCompleted);
        Assert.False(_server.Output.WriteAsync("still"u8.ToArray()).Now().IsCompleted);
        Assert.True(_client.Input.TryRead(out ReadResult read));
        Assert.Equal("still"u8.ToArray(), read.Buffer.First.ToArray());
    }

    [Fact]
    public void Abort_PeerWaits_ReadsAndFlushesThrowTheError()
    {
        var error = new IOException("cut");
        ValueTask<ReadResult> reading = _client.Input.ReadAsync();

        _server.Abort(error);

        Assert.True(reading.IsFaulted);
        Assert.Same(error, Assert.Throws<IOException>(() => reading.Now()));
        Assert.Same(error, Assert.Throws<IOException>(() => _client.Output.WriteAsync("x"u8.ToArray()).Now()));
    }

    [Fact]
    public void Flush_PeerDoesNotRead_WaitsUntilItDoes()
    {
        ValueTask<FlushResult> flushing = _client.Output.WriteAsync(new byte[64 * 1024]);
        Assert.False(flushing.IsCompleted);

        Assert.True(_server.Input.TryRead(out ReadResult read));
        _server.Input.AdvanceTo(read.Buffer.End);

        Assert.True(flushing.IsCompletedSuccessfully);
    }
}
