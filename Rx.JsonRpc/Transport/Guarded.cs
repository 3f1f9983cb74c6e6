using System.Reactive.Disposables;

namespace Rx.JsonRpc.Transport;

/// <summary>
/// A hot observable, which does not fail, whose observers may throw: what one throws is reported, and the others still get the value. The
/// observer is unsubscribed, unless it handles calls: one bad call must not leave the later ones without a handler.
/// </summary>
/// <param name="source">The values.</param>
/// <param name="thrown">Gets the value, which is missing at the completion, and the exception; does not throw.</param>
/// <param name="handles">Whether the observers handle calls.</param>
internal sealed class Guarded<T>(IObservable<T> source, Action<T?, Exception> thrown, bool handles = false) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var guard = new Guard(observer, thrown, handles);
        guard.Subscription.Disposable = source.Subscribe(guard);
        return guard.Subscription;
    }

    private sealed class Guard(IObserver<T> observer, Action<T?, Exception> thrown, bool handles) : IObserver<T>
    {
        public SingleAssignmentDisposable Subscription { get; } = new();

        public void OnNext(T value)
        {
            try
            {
                observer.OnNext(value);
            }
            catch (Exception fault)
            {
                if (!handles) Subscription.Dispose();
                thrown(value, fault);
            }
        }

        public void OnCompleted()
        {
            try
            {
                observer.OnCompleted();
            }
            catch (Exception fault)
            {
                thrown(default, fault);
            }
        }

        public void OnError(Exception error) => throw new NotSupportedException("A hot observable does not fail.", error);
    }
}
