using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Reactive.Testing;
using Pipelines.Sockets.Unofficial;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>What the system says that it was told, for sockets of both sides.</summary>
public class TcpWatchTests
{
    private const int Limit = 20_000;
    private static readonly TcpKeepAlive Own = new() { Time = TimeSpan.FromSeconds(7), Interval = TimeSpan.FromSeconds(2), RetryCount = 5 };

    private readonly TestScheduler _scheduler = new();

    [Fact(Timeout = Limit)]
    public async Task KeepAlive_Default_IsSetOnBothSides() => await AssertOptions(TcpKeepAlive.Default, (true, 30, 10, 3));

    [Fact(Timeout = Limit)]
    public async Task KeepAlive_OwnTimes_AreSetOnBothSides() => await AssertOptions(Own, (true, 7, 2, 5));

    [Fact(Timeout = Limit)]
    public async Task KeepAlive_Off_LeavesTheSystemsOwn()
    {
        using Socket untouched = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await AssertOptions(TcpKeepAlive.Off, KeepAliveOf(untouched));
    }

    [Fact(Timeout = Limit)]
    public async Task UserTimeout_OnLinux_IsSet()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has TCP_USER_TIMEOUT");
        using var acceptor = new SocketAcceptor(new IPEndPoint(IPAddress.Loopback, 0), _scheduler);
        IDuplexPipe with = await new SocketConnector(_scheduler) { UserTimeout = TimeSpan.FromMilliseconds(1500) }.ConnectAsync(acceptor.LocalEndPoint, default);
        IDuplexPipe without = await new SocketConnector(_scheduler).ConnectAsync(acceptor.LocalEndPoint, default);

        Assert.Equal((1500, 0), (UserTimeoutOf(SocketOf(with)), UserTimeoutOf(SocketOf(without))));
        await Echo.CloseAsync(with);
        await Echo.CloseAsync(without);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_UnixSocket_HasNoSuchOptionsToSet()
    {
        using var folder = new TemporaryFolder();
        using var acceptor = new SocketAcceptor(folder.Socket("watch"), _scheduler) { KeepAlive = Own };
        var connector = new SocketConnector(_scheduler) { KeepAlive = Own, UserTimeout = TimeSpan.FromSeconds(1) };
        await Echo.AssertAsync(acceptor, connector, acceptor.LocalEndPoint);
    }

    private async Task AssertOptions(TcpKeepAlive keepAlive, (bool On, int Time, int Interval, int Retries) expected)
    {
        IAcceptor acceptor = new SocketListenerTransport(_scheduler) { KeepAlive = keepAlive }.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        IDuplexPipe near = await new SocketConnector(_scheduler) { KeepAlive = keepAlive }.ConnectAsync(acceptor.LocalEndPoint, default);
        AcceptedConnection? far = await acceptor.AcceptAsync();

        Assert.Equal((expected, expected), (KeepAliveOf(SocketOf(near)), KeepAliveOf(SocketOf(far!.Pipe))));
        await Echo.CloseAsync(near);
        await Echo.CloseAsync(far.Pipe);
        acceptor.Dispose();
    }

    private static (bool On, int Time, int Interval, int Retries) KeepAliveOf(Socket socket) => (
        (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)! != 0,
        (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!,
        (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval)!,
        (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount)!);

    private static int UserTimeoutOf(Socket socket)
    {
        var milliseconds = new byte[4];
        socket.GetRawSocketOption(6, 18, milliseconds);
        return BitConverter.ToInt32(milliseconds);
    }

    private static Socket SocketOf(IDuplexPipe pipe) => ConnectionOf((SocketPipe)pipe).Socket;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_connection")]
    private static extern ref SocketConnection ConnectionOf(SocketPipe pipe);
}
