using System.Net;
using System.Net.Sockets;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>Ports of this machine.</summary>
internal static class Loopback
{
    public static bool HasIPv6 { get; } = CanBind(IPAddress.IPv6Loopback);

    public static int Port(IAcceptor acceptor) => ((IPEndPoint)acceptor.LocalEndPoint).Port;

    /// <summary>A port that was free a moment ago.</summary>
    public static int RefusedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static bool CanBind(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
