using System.IO.Pipelines;
using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.JsonRpc.Transport;

/// <summary>Connecting as an observable.</summary>
internal static class ConnectorObservable
{
    /// <summary>
    /// Connects when subscribed. <b>OnNext</b> and <b>OnCompleted</b>: connected; OnNext may last, the limit is met by then. <b>OnError</b>:
    /// there is no connection, a <see cref="TimeoutException"/> when the limit has passed. <b>Dispose</b> cancels; a connection that comes
    /// all the same is closed.
    /// </summary>
    public static IObservable<NewConnection> Connect(this IConnector connector, EndPoint endPoint, TimeSpan limit, IScheduler clock) =>
        new Recipe(connector, endPoint, limit, clock);

    private sealed class Recipe(IConnector connector, EndPoint endPoint, TimeSpan limit, IScheduler clock) : IObservable<NewConnection>
    {
        public IDisposable Subscribe(IObserver<NewConnection> observer)
        {
            var sink = new Sink(observer, limit);
            sink.Run(connector, endPoint, clock);
            return sink;
        }
    }

    private sealed class Sink(IObserver<NewConnection> observer, TimeSpan limit) : IDisposable
    {
        private readonly CancellationDisposable _connecting = new();
        private SingleAssignmentDisposableValue _timer;
        private int _ended;

        public void Run(IConnector connector, EndPoint endPoint, IScheduler clock)
        {
            _timer.Disposable = clock.After(limit, this, static sink => sink.OnDue());
            _ = Connect(connector, endPoint);
        }

        public void Dispose()
        {
            if (TryEnd()) Cancel();
        }

        private async Task Connect(IConnector connector, EndPoint endPoint)
        {
            IDuplexPipe pipe;
            try
            {
                pipe = await connector.ConnectAsync(endPoint, _connecting.Token).ConfigureAwait(false)
                    ?? throw new InvalidOperationException($"the connector gave no connection to {endPoint}, but null");
            }
            catch (Exception fault)
            {
                if (TryEnd()) observer.OnError(fault);
                return;
            }
            var opened = new NewConnection(pipe);
            try
            {
                if (!TryEnd()) return;
                observer.OnNext(opened);
                observer.OnCompleted();
            }
            finally
            {
                opened.CloseUnlessTaken();
            }
        }

        private void OnDue()
        {
            if (!TryEnd()) return;
            Cancel();
            observer.OnError(new TimeoutException($"not connected within {limit}"));
        }

        private void Cancel()
        {
            try
            {
                _connecting.Dispose();
            }
            catch (AggregateException)
            {
                // A connector's own callback threw. Its attempt is given up all the same, and the server's reconnecting must not stop here.
            }
        }

        private bool TryEnd()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 1) return false;
            _timer.Dispose();
            return true;
        }
    }
}
