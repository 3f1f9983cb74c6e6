using System.Net.Sockets;

namespace Rx.JsonRpc.Transport;

/// <summary>Tells the system how to watch over a TCP connection.</summary>
internal static class TcpWatch
{
    // tcp(7): TCP_USER_TIMEOUT, in milliseconds; <netinet/tcp.h> has the number. .NET has no name for it.
    private const int LinuxTcpLevel = 6;
    private const int LinuxUserTimeout = 18;

    public static void Apply(Socket socket, TcpKeepAlive keepAlive)
    {
        if (!keepAlive.Enabled) return;
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)keepAlive.Time.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)keepAlive.Interval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, keepAlive.RetryCount);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }

    public static void ApplyUserTimeout(Socket socket, TimeSpan timeout)
    {
        if (!OperatingSystem.IsLinux()) return;
        socket.SetRawSocketOption(LinuxTcpLevel, LinuxUserTimeout, BitConverter.GetBytes((int)timeout.TotalMilliseconds));
    }
}
