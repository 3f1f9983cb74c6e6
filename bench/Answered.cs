using System.Reactive.Disposables;

namespace Rx.JsonRpc.Bench;

/// <summary>A source that costs nothing: it answers, or fails, while it is subscribed, and allocates nothing for it.</summary>
internal sealed class Answered<T>(T value, Exception? failure = null) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        if (failure is not null)
        {
            observer.OnError(failure);
            return Disposable.Empty;
        }
        observer.OnNext(value);
        observer.OnCompleted();
        return Disposable.Empty;
    }
}

/// <summary>An observer that costs nothing, and one for all.</summary>
internal sealed class Ignoring<T> : IObserver<T>
{
    public static Ignoring<T> Instance { get; } = new();

    public void OnNext(T value)
    {
    }

    public void OnError(Exception error)
    {
    }

    public void OnCompleted()
    {
    }
}
