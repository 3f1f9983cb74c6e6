using System.Reactive.Subjects;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Listening;

/// <summary>
/// The calls of all connections as one hot observable. What waits is bounded by the calls that the connections let in.
/// </summary>
internal sealed class CallStream : IObservable<IncomingCall>
{
    private readonly Subject<IncomingCall> _subject = new();
    private readonly Guarded<IncomingCall> _guarded;
    private readonly Mailbox<IncomingCall?> _waiting;

    public CallStream(Continuations continuations)
    {
        _guarded = new Guarded<IncomingCall>(_subject, static (call, thrown) => HandlerFailures.Answer(call, thrown), handles: true);
        _waiting = new Mailbox<IncomingCall?>(continuations, Deliver);
    }

    public IDisposable Subscribe(IObserver<IncomingCall> observer) => _guarded.Subscribe(observer);

    public void Post(IncomingCall call) => _waiting.Post(call);

    public void Complete() => _waiting.Post(null);

    private void Deliver(IncomingCall? call)
    {
        if (call is null)
        {
            _subject.OnCompleted();
            return;
        }
        if (_subject.HasObservers) _subject.OnNext(call);
        else call.TryFail(new JsonRpcError(JsonRpcError.MethodNotFound, "Method not found"));
        call.NotificationHandled();
    }
}
