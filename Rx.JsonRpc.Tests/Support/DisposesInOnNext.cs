namespace Rx.JsonRpc.Tests.Support;

/// <summary>Disposes its subscription inside OnNext, and is told directly: no guard of Rx's stands before it.</summary>
internal sealed class DisposesInOnNext<T> : IObserver<T>
{
    private readonly IDisposable _subscription;

    public DisposesInOnNext(IObservable<T> source) => _subscription = source.Subscribe(this);

    public List<string> Seen { get; } = [];

    public void OnNext(T value)
    {
        Seen.Add("value");
        _subscription.Dispose();
    }

    public void OnError(Exception error) => Seen.Add(error.Message);

    public void OnCompleted() => Seen.Add("completed");
}
