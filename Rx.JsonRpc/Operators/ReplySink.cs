using System.Reactive.Disposables;

namespace Rx.JsonRpc;

/// <summary>The state of one subscription that looks at each reply and passes it on, or ends with it.</summary>
/// <typeparam name="T">The result's type.</typeparam>
/// <typeparam name="TOut">What is passed on.</typeparam>
internal abstract class ReplySink<T, TOut>(IObserver<TOut> observer) : IObserver<Reply<T>>, IDisposable
{
    private SingleAssignmentDisposableValue _upstream;
    private int _ended;

    public void Run(IObservable<Reply<T>> source) => _upstream.Disposable = source.Subscribe(this);

    public abstract void OnNext(Reply<T> value);

    public void OnError(Exception error)
    {
        if (TryEnd()) observer.OnError(error);
    }

    public void OnCompleted()
    {
        if (TryEnd()) observer.OnCompleted();
    }

    public void Dispose() => TryEnd();

    protected void Pass(TOut value)
    {
        if (Volatile.Read(ref _ended) == 0) observer.OnNext(value);
    }

    /// <summary>Ends with the error of a reply.</summary>
    protected void Fail(in Reply<T> reply)
    {
        if (TryEnd()) observer.OnError(ErrorReplyException.Of(reply));
    }

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return false;
        _upstream.Dispose();
        return true;
    }
}
