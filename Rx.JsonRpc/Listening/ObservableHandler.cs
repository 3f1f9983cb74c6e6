using System.Reactive.Disposables;

namespace Rx.JsonRpc.Listening;

/// <summary>A handler whose result is the first value of an observable.</summary>
internal sealed class ObservableHandler<TParams, TResult>(Method<TParams, TResult> method, Func<TParams, IObservable<TResult>> handler)
{
    public void Handle(IncomingCall call)
    {
        if (!ParametersOf.TryRead(call, method, out TParams? parameters)) return;
        var answer = new Answer(call, method);
        try
        {
            answer.Watch(handler(parameters));
        }
        catch (Exception thrown)
        {
            answer.OnError(thrown);
        }
    }

    private sealed class Answer(IncomingCall call, Method<TParams, TResult> method) : IObserver<TResult>
    {
        private readonly SingleAssignmentDisposable _subscription = new();
        private CancellationTokenRegistration _disconnected;
        private int _ended;

        public void Watch(IObservable<TResult> source)
        {
            _disconnected = call.Disconnected.UnsafeRegister(static subscription => ((IDisposable)subscription!).Dispose(), _subscription);
            _subscription.Disposable = source.Subscribe(this);
        }

        public void OnNext(TResult value)
        {
            if (Interlocked.Exchange(ref _ended, 1) == 1) return;
            try
            {
                call.TryAnswer(value, method.Result);
            }
            catch (Exception thrown)
            {
                HandlerFailures.Answer(call, thrown);
            }
            Release();
        }

        public void OnError(Exception error)
        {
            if (Interlocked.Exchange(ref _ended, 1) == 1) return;
            HandlerFailures.Answer(call, error);
            Release();
        }

        public void OnCompleted() => OnError(new InvalidOperationException($"The observable for '{method}' ended without a value."));

        private void Release()
        {
            call.NotificationHandled();
            _disconnected.Unregister();
            _subscription.Dispose();
        }
    }
}
