using System.IO.Pipelines;
using System.Net;

namespace Rx.JsonRpc;

/// <summary>Opens a byte stream to a server. The built-in one knows TCP and Unix domain sockets.</summary>
public interface IConnector
{
    /// <summary>Connects, or says why not.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="cancellationToken">Ends the attempt; nothing may stay open afterwards.</param>
    /// <returns>
    /// The two pipes. The connection is closed by completing both; if the object is <see cref="IAsyncDisposable"/> or
    /// <see cref="IDisposable"/> it is disposed after that.
    /// </returns>
    /// <exception cref="IOException">Or any other: there is no connection; the server's reconnect rules decide what follows.</exception>
    ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken);
}
