using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Tests.Transport;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Testing;

public class InMemoryNetworkTests
{
    private static readonly InMemoryEndPoint Here = new("here");

    private readonly InMemoryNetwork _network = new();

    [Fact]
    public async Task Connect_SomebodyListens_BytesGoBothWays()
    {
        using IAcceptor acceptor = _network.Listen(Here);

        await Echo.AssertAsync(acceptor, _network, new InMemoryEndPoint("here"));
    }

    [Fact]
    public async Task Connect_HostAndPortAsName_BytesGoBothWays()
    {
        using IAcceptor acceptor = _network.Listen(new DnsEndPoint("rpc.example", 9999));

        await Echo.AssertAsync(acceptor, _network, new DnsEndPoint("rpc.example", 9999));
    }

    [Fact]
    public void Connect_AcceptorWaits_EverythingHappenedBeforeTheCallReturned()
    {
        using IAcceptor acceptor = _network.Listen(Here);
        int thread = 0;
        string request = "";
        _ = ServeAsync();

        var client = (InMemoryConnection)_network.ConnectAsync(Here).Now();
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
        ValueTask<ReadResult> reply = client.Input.ReadAsync();
        Assert.False(reply.IsCompleted);

        Assert.True(client.Output.WriteAsync("ping"u8.ToArray()).IsCompletedSuccessfully);
        Assert.Equal("ping", request);
        Assert.Equal("pong"u8.ToArray(), reply.Now().Buffer.First.ToArray());

        async Task ServeAsync()
        {
            AcceptedConnection? accepted = await acceptor.AcceptAsync().ConfigureAwait(false);
            thread = Environment.CurrentManagedThreadId;
            ReadResult read = await accepted!.Pipe.Input.ReadAsync().ConfigureAwait(false);
            request = System.Text.Encoding.UTF8.GetString(read.Buffer.FirstSpan);
            await accepted.Pipe.Output.WriteAsync("pong"u8.ToArray()).ConfigureAwait(false);
        }
    }

    [Fact]
    public void Connect_NobodyListens_IsRefused()
    {
        SocketException failure = Refused(_network.ConnectAsync(Here));

        Assert.Contains("memory:here", failure.Message);
    }

    [Fact]
    public void Connect_AcceptorDisposed_IsRefused()
    {
        _network.Listen(Here).Dispose();

        Refused(_network.ConnectAsync(Here));
    }

    [Fact]
    public void Connect_NobodyAccepts_BacklogIsBounded()
    {
        using IAcceptor acceptor = _network.Listen(Here);
        for (int i = 0; i < 128; i++) _network.ConnectAsync(Here).Now();

        Refused(_network.ConnectAsync(Here));

        acceptor.AcceptAsync().Now();
        _network.ConnectAsync(Here).Now();
    }

    [Fact]
    public void Connect_CancelledBeforehand_IsCancelled() =>
        Assert.True(_network.ConnectAsync(Here, new CancellationToken(canceled: true)).IsCanceled);

    [Fact]
    public void Listen_NameInUse_Throws()
    {
        using IAcceptor acceptor = _network.Listen(Here);

        SocketException failure = Assert.Throws<SocketException>(() => _network.Listen(Here));

        Assert.Equal(SocketError.AddressAlreadyInUse, failure.SocketErrorCode);
    }

    [Fact]
    public void Dispose_OldAcceptorAgain_LeavesItsSuccessor()
    {
        IAcceptor old = _network.Listen(Here);
        old.Dispose();
        using IAcceptor successor = _network.Listen(Here);

        old.Dispose();

        _network.ConnectAsync(Here).Now();
        Assert.NotNull(successor.AcceptAsync().Now());
    }

    [Fact]
    public void Accept_Disposed_EndsWithNull()
    {
        IAcceptor acceptor = _network.Listen(Here);
        ValueTask<AcceptedConnection?> waiting = acceptor.AcceptAsync();

        acceptor.Dispose();

        Assert.Null(waiting.Now());
        Assert.Null(acceptor.AcceptAsync().Now());
    }

    [Fact]
    public void Accept_Cancelled_EndsAndListeningGoesOn()
    {
        using IAcceptor acceptor = _network.Listen(Here);
        using var cancel = new CancellationTokenSource();
        ValueTask<AcceptedConnection?> waiting = acceptor.AcceptAsync(cancel.Token);

        cancel.Cancel();

        Assert.True(waiting.IsCanceled);
        _network.ConnectAsync(Here).Now();
        Assert.NotNull(acceptor.AcceptAsync().Now());
    }

    [Fact]
    public void Dispose_ConnectionsNotAccepted_AreReset()
    {
        IAcceptor acceptor = _network.Listen(Here);
        IDuplexPipe client = _network.ConnectAsync(Here).Now();

        acceptor.Dispose();

        Assert.Throws<SocketException>(() => client.Input.TryRead(out _));
    }

    [Fact]
    public void Connections_EndPoints_NameBothSides()
    {
        using IAcceptor acceptor = _network.Listen(Here);
        var first = (InMemoryConnection)_network.ConnectAsync(Here).Now();
        var second = (InMemoryConnection)_network.ConnectAsync(Here).Now();
        AcceptedConnection accepted = acceptor.AcceptAsync().Now()!;

        Assert.Equal("memory:client-1", first.LocalEndPoint.ToString());
        Assert.Equal(Here, first.RemoteEndPoint);
        Assert.Equal(first.LocalEndPoint, accepted.RemoteEndPoint);
        Assert.NotEqual(first.LocalEndPoint, second.LocalEndPoint);
    }

    private static SocketException Refused(ValueTask<IDuplexPipe> connecting)
    {
        SocketException failure = Assert.Throws<SocketException>(() => connecting.Now());
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        return failure;
    }
}
