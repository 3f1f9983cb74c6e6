using System.Collections.Concurrent;
using System.Reactive.Disposables;
using System.Reactive.Subjects;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// Brings the requests of servers to whoever has subscribed for their method, else to whoever takes the rest, else to nobody: then they
/// are told so. A subscription is the registration of a handler.
/// </summary>
internal sealed class ServerCallRoutes : IObserver<ServerRequest>
{
    private readonly Lock _gate = new();
    // Only the methods that somebody has subscribed for: names come from the host's data, and must not pile up.
    private readonly ConcurrentDictionary<string, Subject<ServerRequest>> _byMethod = new(StringComparer.Ordinal);
    private readonly Subject<ServerRequest> _rest = new();
    private readonly Publisher<ServerRequest> _waiting;
    private readonly Action<ServerRequest?, Exception> _thrown;
    private bool _completed;

    /// <param name="waiting">Where the requests wait for their observers.</param>
    /// <param name="thrown">Gets what a handler threw, and the request if there was one.</param>
    public ServerCallRoutes(Publisher<ServerRequest> waiting, Action<ServerRequest?, Exception> thrown)
    {
        _thrown = thrown;
        _waiting = waiting;
        _waiting.Subscribe(this);
        Rest = new Guarded<ServerRequest>(_rest, thrown, handles: true);
    }

    public IObservable<ServerRequest> Rest { get; }

    /// <summary>How many methods somebody has subscribed for.</summary>
    public int Methods => _byMethod.Count;

    public IObservable<ServerRequest> To(string method) =>
        new Guarded<ServerRequest>(new OfMethod(this, method), _thrown, handles: true);

    /// <summary>Whether somebody would be asked now.</summary>
    public bool Knows(string method) => Find(method) is not null;

    /// <summary>False when too many wait for the observers.</summary>
    public bool TryPublish(ServerRequest request) => _waiting.TryPublish(request);

    public Task Complete() => _waiting.Complete();

    public void OnNext(ServerRequest request)
    {
        if (Find(request.Method) is { } observers) observers.OnNext(request);
        else OpenServerCalls.RefuseUnknown(request);
    }

    public void OnCompleted()
    {
        Subject<ServerRequest>[] all;
        lock (_gate)
        {
            _completed = true;
            all = [.. _byMethod.Values];
        }
        _rest.OnCompleted();
        foreach (Subject<ServerRequest> subject in all) subject.OnCompleted();
    }

    // What feeds it does not fail.
    public void OnError(Exception error) => throw new NotSupportedException("The requests of servers do not fail.", error);

    private IDisposable Add(string method, IObserver<ServerRequest> observer)
    {
        lock (_gate)
        {
            if (!_completed)
            {
                Subject<ServerRequest> subject = _byMethod.GetOrAdd(method, static _ => new Subject<ServerRequest>());
                IDisposable subscription = subject.Subscribe(observer);
                return Disposable.Create(() => Remove(method, subject, subscription));
            }
        }
        observer.OnCompleted();
        return Disposable.Empty;
    }

    private void Remove(string method, Subject<ServerRequest> subject, IDisposable subscription)
    {
        lock (_gate)
        {
            subscription.Dispose();
            if (!subject.HasObservers) _byMethod.TryRemove(new KeyValuePair<string, Subject<ServerRequest>>(method, subject));
        }
    }

    private Subject<ServerRequest>? Find(string method) =>
        _byMethod.TryGetValue(method, out Subject<ServerRequest>? own) && own.HasObservers ? own
            : _rest.HasObservers ? _rest
            : null;

    private sealed class OfMethod(ServerCallRoutes routes, string method) : IObservable<ServerRequest>
    {
        public IDisposable Subscribe(IObserver<ServerRequest> observer) => routes.Add(method, observer);
    }
}
