using System.Reactive.Disposables;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>An observable without Rx's own guards: it may break the grammar, and it fails inside Subscribe without a trampoline.</summary>
internal sealed class RawObservable<T>(Func<IObserver<T>, IDisposable> subscribe) : IObservable<T>
{
    private int _subscriptions;

    public RawObservable(Action<IObserver<T>> speak) : this(observer =>
    {
        speak(observer);
        return Disposable.Empty;
    })
    {
    }

    public int Subscriptions => Volatile.Read(ref _subscriptions);

    public static RawObservable<T> Failing(Exception failure) => new(observer => observer.OnError(failure));

    public IDisposable Subscribe(IObserver<T> observer)
    {
        Interlocked.Increment(ref _subscriptions);
        return subscribe(observer);
    }
}
