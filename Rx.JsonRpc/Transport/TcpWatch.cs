using System.Net.Sockets;

namespace Rx.JsonRpc.Transport;

/// <summary>Tells the system how to watch over a TCP connection.</summary>
internal static class TcpWatch
{
    // tcp(7): TCP_USER_TIMEOUT, in milliseconds; <netinet/tcp.h> has the number. .NET has no name for it.
    private const int LinuxTcpLevel = 6;
    private const int LinuxUserTimeout = 18;

    /// <exception cref="ArgumentException">The settings are faulty.</exception>
    public static TcpKeepAlive Checked(TcpKeepAlive keepAlive)
    {
        ArgumentNullException.ThrowIfNull(keepAlive);
        string[] faults = [.. keepAlive.Faults(nameof(SocketConnector.KeepAlive))];
        return faults.Length == 0 ? keepAlive : throw new ArgumentException(string.Join("; ", faults), nameof(keepAlive));
    }

    /// <exception cref="ArgumentException">The system cannot count it.</exception>
    public static TimeSpan? Checked(TimeSpan? userTimeout) =>
        UserTimeoutFault(nameof(SocketConnector.UserTimeout), userTimeout) is { } fault ? throw new ArgumentException(fault, nameof(userTimeout)) : userTimeout;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static string? UserTimeoutFault(string name, TimeSpan? timeout) => timeout is { TotalMilliseconds: < 1 or > int.MaxValue }
        ? $"{name} is {timeout}; it must be in 1..{int.MaxValue} ms, or null for the system's own bound"
        : null;

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
