using System.Net;
using System.Net.Sockets;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class StreamSocketTests
{
    [Fact]
    public void IsConnectedToItself_BothEndsAreOne_IsTold()
    {
        using Socket socket = StreamSocket.Create(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        try
        {
            socket.Connect(socket.LocalEndPoint!);
        }
        catch (SocketException)
        {
            Assert.Skip("This system lets no socket connect to itself.");
        }
        Assert.True(StreamSocket.IsConnectedToItself(socket));
    }

    [Fact]
    public void IsConnectedToItself_AListenerAnswers_IsNot()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using Socket socket = StreamSocket.Create(listener.LocalEndpoint);
        socket.Connect(listener.LocalEndpoint);
        Assert.False(StreamSocket.IsConnectedToItself(socket));
    }
}
