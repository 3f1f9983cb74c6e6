using System.IO.Pipelines;
using System.Net;
using System.Reactive.Disposables;

namespace Rx.JsonRpc.Transport;

/// <summary>Connecting as an observable.</summary>
internal static class ConnectorObservable
{
    /// <summary>
    /// Connects when subscribed. <b>OnNext</b> and <b>OnCompleted</b>: connected, the pipe is the observer's. <b>OnError</b>: there is no
    /// connection. <b>Dispose</b> cancels; a connection that comes all the same is closed.
    /// </summary>
    public static IObservable<IDuplexPipe> Connect(this IConnector connector, EndPoint endPoint) => new Recipe(connector, endPoint);

    private sealed class Recipe(IConnector connector, EndPoint endPoint) : IObservable<IDuplexPipe>
    {
        public IDisposable Subscribe(IObserver<IDuplexPipe> observer)
        {
            var cancellation = new CancellationDisposable();
            _ = Run(observer, cancellation);
            return cancellation;
        }

        private async Task Run(IObserver<IDuplexPipe> observer, CancellationDisposable cancellation)
        {
            IDuplexPipe pipe;
            try
            {
                pipe = await connector.ConnectAsync(endPoint, cancellation.Token).ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                if (!cancellation.IsDisposed) observer.OnError(fault);
                return;
            }
            if (cancellation.IsDisposed)
            {
                new FrameConnection(pipe).Dispose();
                return;
            }
            observer.OnNext(pipe);
            observer.OnCompleted();
        }
    }
}
