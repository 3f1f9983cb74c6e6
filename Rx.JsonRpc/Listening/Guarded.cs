namespace Rx.JsonRpc.Listening;

/// <summary>A hot observable whose observers may throw: the one that does is told on, the others still get the value.</summary>
internal sealed class Guarded<T>(IObservable<T> source, Action<T?, Exception> thrown) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return source.Subscribe(new Guard(observer, thrown));
    }

    private sealed class Guard(IObserver<T> observer, Action<T?, Exception> thrown) : IObserver<T>
    {
        public void OnNext(T value)
        {
            try
            {
                observer.OnNext(value);
            }
            catch (Exception fault)
            {
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

        // A listener's observables have no failures.
        public void OnError(Exception error) => throw new NotSupportedException("A listener's observables do not fail.", error);
    }
}
