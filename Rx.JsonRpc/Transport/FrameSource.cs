using System.Reactive.Disposables;

namespace Rx.JsonRpc.Transport;

/// <summary>The frames of a connection: the first subscription starts the reading, and there is no other.</summary>
internal sealed class FrameSource(FrameConnection connection) : IObservable<Frame>
{
    public IDisposable Subscribe(IObserver<Frame> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (connection.TryRead(observer)) return connection;
        observer.OnError(new InvalidOperationException($"the frames of {connection.Peer} already have a subscriber, or the connection is closed"));
        return Disposable.Empty;
    }
}
