using System.Net;
using System.Net.Sockets;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>A port of 127.0.0.1 that answers no attempt to connect, like a host behind a firewall: its backlog is full.</summary>
internal sealed class SilentPort : IDisposable
{
    private readonly List<Socket> _sockets = [];

    public SilentPort()
    {
        Socket listener = Open();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        // The first fills the backlog of nought, which holds one; the others make sure.
        for (int i = 0; i < 3; i++)
        {
            Socket filler = Open();
            filler.Blocking = false;
            try
            {
                filler.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
            }
        }
    }

    public int Port { get; }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        return socket;
    }
}
