using System.Threading.Tasks.Sources;

namespace Rx.JsonRpc.Servers;

internal abstract partial class RequestEdge<T>
{
    /// <summary>Subscribes it and gives its result as a task.</summary>
    public ValueTask<T> AwaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<T>(cancellationToken);
        if (cancellationToken.CanBeCanceled) return new CancellableSink(this).Await(cancellationToken);
        return new AwaitedSink(this).Await();
    }

    /// <summary>A subscription that is awaited: its own observer, and where the task gets its end from.</summary>
    private class AwaitedSink : ResultsSink, IObserver<T>, IValueTaskSource<T>
    {
        private ManualResetValueTaskSourceCore<T> _source;

        public AwaitedSink(RequestEdge<T> edge)
            : base(edge, null) => Observer = this;

        public ValueTask<T> Await()
        {
            Enter();
            return new ValueTask<T>(this, _source.Version);
        }

        public virtual void OnNext(T value) => _source.SetResult(value);

        void IObserver<T>.OnError(Exception error) => Fail(error);

        void IObserver<T>.OnCompleted()
        {
            // The result has completed the task.
        }

        public T GetResult(short token) => _source.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

        /// <summary>
        /// Fails the task where continuations run: a failure arises on the thread of a timer, of whoever disposes the client or of whoever
        /// cancels the token, and the code behind the <c>await</c> must run on none of these.
        /// </summary>
        protected virtual void Fail(Exception failure)
        {
            Trail.Terms.Continuations.Schedule(static fail => ((Action)fail!)(), (Action)(() => _source.SetException(failure)));
        }
    }

    private sealed class CancellableSink(RequestEdge<T> edge) : AwaitedSink(edge)
    {
        private CancellationTokenRegistration _registration;
        private volatile bool _over;

        public ValueTask<T> Await(CancellationToken cancellationToken)
        {
            ValueTask<T> task = Await();
            if (_over) return task;
            _registration = cancellationToken.UnsafeRegister(static (sink, token) => ((CancellableSink)sink!).Cancel(token), this);
            // It may have ended meanwhile, without a registration to give back; the end writes the flag before it looks for one.
            Interlocked.MemoryBarrier();
            if (_over) _registration.Unregister();
            return task;
        }

        public override void OnNext(T value)
        {
            Unregister();
            base.OnNext(value);
        }

        protected override void Fail(Exception failure)
        {
            Unregister();
            base.Fail(failure);
        }

        private void Cancel(CancellationToken token)
        {
            if (TryDispose()) base.Fail(new OperationCanceledException(token));
        }

        private void Unregister()
        {
            _over = true;
            Interlocked.MemoryBarrier();
            _registration.Unregister();
        }
    }
}
