using System.IO.Pipelines;
using System.Net;
using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc.Transport;

/// <summary>Something that listens. Disposing it ends the listening; connections that were accepted stay.</summary>
public interface IAcceptor : IDisposable
{
    /// <summary>Where it listens, with the port that the system chose when none was given.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>Waits for the next connection.</summary>
    /// <param name="cancellationToken">Ends the wait; the listening goes on.</param>
    /// <returns>The connection; null when the acceptor was disposed, or stopped listening and has no more.</returns>
    ValueTask<AcceptedConnection?> AcceptAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends the listening, but not the accepting: <see cref="AcceptAsync"/> still gives the connections that peers have opened, then null.
    /// Without it, calls on those are lost when a listener stops. Disposes the acceptor unless it is implemented.
    /// </summary>
    void StopListening() => Dispose();
}

/// <summary>A connection that a peer opened.</summary>
/// <param name="Pipe">
/// The two pipes. The connection is closed by completing both; if the object is <see cref="IAsyncDisposable"/> or
/// <see cref="IDisposable"/> it is disposed after that.
/// </param>
/// <param name="RemoteEndPoint">Who connected.</param>
[JsonConverter(typeof(RefusedConverter))]
public sealed record AcceptedConnection(IDuplexPipe Pipe, EndPoint RemoteEndPoint);
