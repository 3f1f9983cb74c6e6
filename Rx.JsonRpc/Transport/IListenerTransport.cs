using System.Net;

namespace Rx.JsonRpc.Transport;

/// <summary>Opens listening ends: the counterpart of <see cref="IConnector"/>.</summary>
public interface IListenerTransport
{
    /// <summary>Starts to listen; peers can connect from now on.</summary>
    /// <param name="endPoint">Where.</param>
    /// <returns>What accepts the connections.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on, for instance as it is in use.</exception>
    /// <exception cref="NotSupportedException">The transport does not know this kind of end point.</exception>
    IAcceptor Listen(EndPoint endPoint);
}
