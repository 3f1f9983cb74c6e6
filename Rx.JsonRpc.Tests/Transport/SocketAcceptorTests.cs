using System.Net;
using System.Net.Sockets;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class SocketAcceptorTests
{
    private const int Limit = 20_000;

    private readonly TestScheduler _scheduler = new();

    [Fact(Timeout = Limit)]
    public async Task Accept_Disposed_EndsWithNull()
    {
        SocketAcceptor acceptor = Listen();
        ValueTask<AcceptedConnection?> waiting = acceptor.AcceptAsync();

        acceptor.Dispose();

        Assert.Null(await waiting);
        Assert.Null(await acceptor.AcceptAsync());
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StopListening_ConnectionsInTheBacklog_AreGivenBeforeTheEnd(bool waits)
    {
        SocketAcceptor acceptor = Listen();
        ValueTask<AcceptedConnection?> first = waits ? acceptor.AcceptAsync() : default;
        var peers = new List<Socket>();
        for (int i = 0; i < 10; i++)
        {
            peers.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await peers[i].ConnectAsync(acceptor.LocalEndPoint);
        }

        acceptor.StopListening();

        int accepted = 0;
        if (waits && await first is { } earliest)
        {
            accepted++;
            await Echo.CloseAsync(earliest.Pipe);
        }
        while (await acceptor.AcceptAsync() is { } next)
        {
            accepted++;
            await Echo.CloseAsync(next.Pipe);
        }
        Assert.Equal(10, accepted);
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () => await late.ConnectAsync(acceptor.LocalEndPoint));
        foreach (Socket peer in peers) peer.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task StopListening_PeersGoOnConnecting_EndsAllTheSame()
    {
        SocketAcceptor acceptor = Listen();
        Socket peer = await ConnectAsync();
        acceptor.StopListening();

        int accepted = 0;
        while (accepted < 1000 && await acceptor.AcceptAsync() is { } next)
        {
            accepted++;
            await Echo.CloseAsync(next.Pipe);
            peer.Dispose();
            peer = await ConnectAsync();
        }

        // As many as may have been in the queue of the system.
        Assert.Equal(513, accepted);
        peer.Dispose();

        async Task<Socket> ConnectAsync()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(acceptor.LocalEndPoint);
            return socket;
        }
    }

    [Fact(Timeout = Limit)]
    public async Task StopListening_ThenDisposed_GivesNoMore()
    {
        SocketAcceptor acceptor = Listen();
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(acceptor.LocalEndPoint);
        acceptor.StopListening();

        acceptor.Dispose();

        Assert.Null(await acceptor.AcceptAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Accept_Cancelled_EndsAsTheCallersCancellationAndListeningGoesOn()
    {
        using SocketAcceptor acceptor = Listen();
        using var cancel = new CancellationTokenSource();
        ValueTask<AcceptedConnection?> waiting = acceptor.AcceptAsync(cancel.Token);

        cancel.Cancel();

        OperationCanceledException ended = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        Assert.Equal(cancel.Token, ended.CancellationToken);
        await Echo.AssertAsync(acceptor, new SocketConnector(_scheduler), acceptor.LocalEndPoint);
    }

    [Fact(Timeout = Limit)]
    public async Task Accept_Connection_NamesThePeer()
    {
        using SocketAcceptor acceptor = Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(acceptor.LocalEndPoint);

        AcceptedConnection? accepted = await acceptor.AcceptAsync();

        Assert.Equal(client.LocalEndPoint, accepted!.RemoteEndPoint);
        await Echo.CloseAsync(accepted.Pipe);
    }

    [Fact(Timeout = Limit)]
    public async Task Accept_PeerResetWhileWaiting_ListeningGoesOn()
    {
        using SocketAcceptor acceptor = Listen();
        using (var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await client.ConnectAsync(acceptor.LocalEndPoint);
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        // Linux hands out the connection although it is reset; other systems pass over it.
        if (OperatingSystem.IsLinux() && await acceptor.AcceptAsync() is { } reset) await Echo.CloseAsync(reset.Pipe);
        await Echo.AssertAsync(acceptor, new SocketConnector(_scheduler), acceptor.LocalEndPoint);
    }

    [Fact(Timeout = Limit)]
    public async Task Listen_AnyIPv6_TakesIPv4Too()
    {
        Assert.SkipUnless(Loopback.HasIPv6, "this machine has no ::1");
        using var acceptor = new SocketAcceptor(new IPEndPoint(IPAddress.IPv6Any, 0), _scheduler);

        await Echo.AssertAsync(acceptor, new SocketConnector(_scheduler), new IPEndPoint(IPAddress.Loopback, Loopback.Port(acceptor)));
    }

    [Fact]
    public void Listen_PortInUse_Throws()
    {
        using SocketAcceptor acceptor = Listen();

        SocketException failure = Assert.Throws<SocketException>(() => new SocketAcceptor(acceptor.LocalEndPoint, _scheduler));

        Assert.Equal(SocketError.AddressAlreadyInUse, failure.SocketErrorCode);
    }

    [Fact]
    public void Listen_HostName_ErrorNamesIt()
    {
        NotSupportedException failure = Assert.Throws<NotSupportedException>(
            () => new SocketListenerTransport(_scheduler).Listen(new DnsEndPoint("rpc.example", 1)));

        Assert.Contains("rpc.example:1", failure.Message);
    }

    [Fact]
    public void Dispose_UnixSocket_RemovesTheFile()
    {
        using var folder = new TemporaryFolder();
        var acceptor = new SocketAcceptor(folder.Socket("a"), _scheduler);
        Assert.True(File.Exists(folder.File("a")));

        acceptor.Dispose();

        Assert.False(File.Exists(folder.File("a")));
    }

    [Fact(Timeout = Limit)]
    public async Task Listen_StaleUnixSocket_IsReplaced()
    {
        using var folder = new TemporaryFolder();
        var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(folder.Socket("a"));
        dead.Listen();
        // As when the process is killed: to dispose the Socket itself would remove the file.
        dead.SafeHandle.Dispose();
        Assert.True(File.Exists(folder.File("a")));

        using var acceptor = new SocketAcceptor(folder.Socket("a"), _scheduler);

        await Echo.AssertAsync(acceptor, new SocketConnector(_scheduler), folder.Socket("a"));
    }

    [Fact(Timeout = Limit)]
    public async Task Listen_UnixSocketInUse_ThrowsAndLeavesIt()
    {
        using var folder = new TemporaryFolder();
        using var acceptor = new SocketAcceptor(folder.Socket("a"), _scheduler);

        SocketException failure = Assert.Throws<SocketException>(() => new SocketAcceptor(folder.Socket("a"), _scheduler));

        Assert.Equal(SocketError.AddressAlreadyInUse, failure.SocketErrorCode);
        // The other one's question whether somebody is there counts as a connection.
        await Echo.CloseAsync((await acceptor.AcceptAsync())!.Pipe);
        await Echo.AssertAsync(acceptor, new SocketConnector(_scheduler), folder.Socket("a"));
    }

    [Fact]
    public void Listen_PlainFileInTheWay_ThrowsAndLeavesIt()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a"), "");

        SocketException failure = Assert.Throws<SocketException>(() => new SocketAcceptor(folder.Socket("a"), _scheduler));

        Assert.Equal(SocketError.AddressAlreadyInUse, failure.SocketErrorCode);
        Assert.True(File.Exists(folder.File("a")));
    }

    [Fact(Timeout = Limit)]
    public async Task Listen_AbstractUnixSocket_NeedsNoFile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "abstract names exist on Linux only");
        using var acceptor = new SocketAcceptor(new UnixDomainSocketEndPoint($"\0rxj-{Guid.NewGuid():N}"), _scheduler);

        await Echo.AssertAsync(acceptor, new SocketConnector(_scheduler), acceptor.LocalEndPoint);
    }

    private SocketAcceptor Listen() => new(new IPEndPoint(IPAddress.Loopback, 0), _scheduler);
}
