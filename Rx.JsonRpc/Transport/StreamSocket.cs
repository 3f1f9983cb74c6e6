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
}
