using System.Net;
using System.Net.Sockets;

namespace Rx.JsonRpc.Transport;

/// <summary>Makes the sockets of both sides.</summary>
internal static class StreamSocket
{
    /// <summary>A socket that fits an address.</summary>
    /// <param name="endPoint">An IP end point or a Unix domain socket's path.</param>
    /// <returns>Neither bound nor connected.</returns>
    public static Socket Create(EndPoint endPoint)
    {
        bool tcp = endPoint is IPEndPoint;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, tcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (tcp) socket.NoDelay = true;
        return socket;
    }

    /// <summary>Whether a socket has connected to itself.</summary>
    /// <param name="socket">A connected socket.</param>
    /// <returns>True when both ends are one and the same.</returns>
    /// <remarks>
    /// On loopback the system may choose the very port that nobody listens on as the source of the connection to it; TCP's simultaneous
    /// open (RFC 9293, section 3.5) then succeeds, and the port is taken when the server wants to come back.
    /// </remarks>
    public static bool IsConnectedToItself(Socket socket) =>
        socket.LocalEndPoint is IPEndPoint local && local.Equals(socket.RemoteEndPoint);
}
