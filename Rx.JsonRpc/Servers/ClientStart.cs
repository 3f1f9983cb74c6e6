using System.Reactive.Disposables;

namespace Rx.JsonRpc.Servers;

/// <summary>Starts a client once: by hand, or with its first use.</summary>
/// <param name="withFirstUse">Whether the first use starts the client.</param>
/// <param name="start">Starts it.</param>
internal sealed class ClientStart(bool withFirstUse, Action start)
{
    // Held while the client starts, so that a second thread does not look for servers that the first one is about to add.
    private readonly Lock _gate = new();
    private volatile bool _begun;
    private volatile bool _settled;

    /// <summary>Whether the client has been started.</summary>
    public bool HasBegun => _begun;

    /// <summary>Starts the client if its first use does, and this is the first one.</summary>
    public void OnUse()
    {
        if (withFirstUse && !_settled) Start();
    }

    /// <summary>Starts the client, unless it was started or closed before. Returns when it is started; called from inside the start, at once.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_begun || _settled) return;
            _begun = true;
            // The connections outlive the request that happens to be the first one; they must not carry its async-local values for ever.
            using (ExecutionContext.IsFlowSuppressed() ? Disposable.Empty : ExecutionContext.SuppressFlow()) start();
            _settled = true;
        }
    }

    /// <summary>A client that has not been started is not started any more.</summary>
    public void Close() => _settled = true;

    /// <summary>An observable whose subscription is a use of the client. The observer is there before the client starts.</summary>
    public IObservable<T> With<T>(IObservable<T> source) => new Used<T>(this, source);

    private sealed class Used<T>(ClientStart start, IObservable<T> source) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            IDisposable subscription = source.Subscribe(observer);
            start.OnUse();
            return subscription;
        }
    }
}
