using System.Collections.Concurrent;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// Brings the requests of servers to whoever has subscribed for their method, else to whoever takes the rest, else to nobody: then they
/// are told so. A subscription is the registration of a handler.
/// </summary>
internal sealed class ServerCallRoutes : IObserver<ServerRequest>
{
    private readonly ConcurrentDictionary<string, Subject<ServerRequest>> _byMethod = new(StringComparer.Ordinal);
    private readonly Subject<ServerRequest> _rest = new();
    private readonly Publisher<ServerRequest> _waiting;
    private volatile bool _completed;

    public ServerCallRoutes(Continuations continuations, int most)
    {
        _waiting = new Publisher<ServerRequest>(continuations, most);
        _waiting.Subscribe(this);
        Rest = _rest.AsObservable();
    }

    public IObservable<ServerRequest> Rest { get; }

    public IObservable<ServerRequest> To(string method)
    {
        Subject<ServerRequest> subject = _byMethod.GetOrAdd(method, static _ => new Subject<ServerRequest>());
        // It may have come after the end, which then has not seen it.
        if (_completed) subject.OnCompleted();
        return subject.AsObservable();
    }

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
        _completed = true;
        _rest.OnCompleted();
        foreach (Subject<ServerRequest> subject in _byMethod.Values) subject.OnCompleted();
    }

    // What feeds it does not fail.
    public void OnError(Exception error) => throw new NotSupportedException("The requests of servers do not fail.", error);

    private Subject<ServerRequest>? Find(string method) =>
        _byMethod.TryGetValue(method, out Subject<ServerRequest>? own) && own.HasObservers ? own
            : _rest.HasObservers ? _rest
            : null;
}
