using System.Diagnostics.CodeAnalysis;
using System.Reactive.Disposables;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// The outermost step of a request: makes the trail at subscribe time, gives at most one value and then completes, and turns what ended
/// the pipeline into a failure that tells the whole story. It gives replies or results, as its observer wants: an error reply is a value
/// to the one and a failure to the other, as behind <see cref="ResultsOperator.Results"/>.
/// </summary>
internal abstract partial class RequestEdge<T> : RequestTerms, IObservable<Reply<T>>, IObservable<T>
{
    public IDisposable Subscribe(IObserver<Reply<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var sink = new RepliesSink(this, observer);
        sink.Enter();
        return sink;
    }

    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var sink = new ResultsSink(this, observer);
        sink.Enter();
        return sink;
    }

    /// <summary>Makes the trail of one subscription.</summary>
    protected abstract RequestTrail Begin();

    /// <summary>The rest of the request, for the subscription with this trail.</summary>
    protected abstract IObservable<Reply<T>> Pipeline(RequestTrail trail);

    private abstract class Sink<TSeen>(RequestEdge<T> edge, IObserver<TSeen>? observer) : OpenRequest, IObserver<Reply<T>>, IDisposable
    {
        // It serves another request once this one has told its reply: only who ends the request may look at it.
        private RequestTrail _trail = edge.Begin();
        private IObserver<TSeen>? _observer = observer;
        private IDisposable? _upstream;
        private volatile bool _disposed;

        protected RequestTrail Trail => _trail;

        /// <summary>Whom it tells, when that is not known from the beginning.</summary>
        protected IObserver<TSeen> Observer
        {
            set => _observer = value;
        }

        public void Enter()
        {
            if (_trail.Terms.OpenRequests.TryEnter(this, out Exception? refusal)) Run();
            else if (TryEnd(out IObserver<TSeen>? observer)) Fail(observer, FailureStory.Stopped(refusal, _trail));
        }

        public void OnNext(Reply<T> reply)
        {
            if (!TryEnd(out IObserver<TSeen>? observer)) return;
            // What a hedge set beside the winner has been disposed by now, and taken back unless it had left.
            _trail.EndAll(AttemptEnd.Cancelled, "another server was first");
            _trail.Seal();
            Answer(observer, reply);
        }

        public void OnCompleted()
        {
            // Usually there was one; then there is nothing to tell, and an exception would be made for nobody.
            if (Volatile.Read(ref _observer) is not null) OnError(new InvalidOperationException($"{_trail.Method}: ended without a reply"));
        }

        public void OnError(Exception failure)
        {
            if (!OrderedPass.IsHere) EndWith(failure);
            else _trail.Terms.Continuations.Schedule(
                static state => ((Action)state!)(), (Action)(() => EndWith(failure)));
        }

        private void EndWith(Exception failure)
        {
            if (!TryEnd(out IObserver<TSeen>? observer)) return;
            if (failure is TimeoutException) _trail.EndAtLimit();
            else _trail.EndAll(AttemptEnd.Cancelled, "the request ended elsewhere");
            _trail.Seal();
            if (FailureStory.AnswerIn(failure, _trail) is { } error)
            {
                Answer(observer, new Reply<T> { Error = error });
                return;
            }
            bool last = Release();
            Exception told = FailureStory.Tell(failure, _trail);
            _trail.Terms.Recorder?.Record(_trail, told);
            Fail(observer, told);
            if (last) _trail.Terms.OpenRequests.SignalEmpty();
        }

        public override void Cancel(Exception reason)
        {
            if (!TryEnd(out IObserver<TSeen>? observer)) return;
            bool last = Release();
            // Afterwards: what has not left by now has been taken back.
            _trail.EndAll(AttemptEnd.Cancelled, reason.Message);
            _trail.Seal();
            Exception told = FailureStory.Stopped(reason, _trail);
            _trail.Terms.Recorder?.Record(_trail, told);
            Fail(observer, told);
            if (last) _trail.Terms.OpenRequests.SignalEmpty();
        }

        public void Dispose() => TryDispose();

        /// <summary>Stops waiting; false when the request has ended before.</summary>
        protected bool TryDispose()
        {
            _disposed = true;
            if (!TryEnd(out _)) return false;
            bool last = Release();
            // Afterwards: what has not left by now has been taken back.
            _trail.EndAll(AttemptEnd.Cancelled);
            _trail.Seal();
            _trail.Terms.Recorder?.Record(_trail, OutcomeKind.Cancelled);
            if (last) _trail.Terms.OpenRequests.SignalEmpty();
            return true;
        }

        /// <summary>Tells the reply, which has no attempts yet, and the end.</summary>
        protected abstract void Tell(IObserver<TSeen> observer, in Reply<T> reply);

        /// <summary>Tells the one value and the end.</summary>
        protected void Complete(IObserver<TSeen> observer, TSeen value)
        {
            observer.OnNext(value);
            if (!_disposed) observer.OnCompleted();
        }

        private void Run()
        {
            IObservable<Reply<T>> source = ((RequestEdge<T>)_trail.Terms).Pipeline(_trail);
            // A drain or a dispose of the client may have ended it since it entered; then nothing is to be sent.
            if (Volatile.Read(ref _observer) is null) return;
            bool subscribed = false;
            try
            {
                IDisposable upstream = source.Subscribe(this);
                if (Interlocked.CompareExchange(ref _upstream, upstream, null) is not null) upstream.Dispose();
                subscribed = true;
            }
            finally
            {
                // The exception, of a scheduler that takes no more for instance, is the caller's; the request must not stay open.
                if (!subscribed) TryDispose();
            }
        }

        private void Answer(IObserver<TSeen> observer, in Reply<T> reply)
        {
            // The source is let go first: nothing that it still does (a limit that fires while OnNext runs) can reach the observer.
            bool last = Release();
            _trail.Terms.Recorder?.Record(_trail, reply.IsError ? OutcomeKind.Error : OutcomeKind.Result);
            RequestTrail trail = _trail;
            try
            {
                Tell(observer, reply);
            }
            catch (Exception thrown)
            {
                trail.Terms.Report(thrown);
            }
            OpenRequests open = trail.Terms.OpenRequests;
            // The caller may keep this for long, and what another one asks may soon hang on the trail.
            _trail = null!;
            trail.Done();
            if (last) open.SignalEmpty();
        }

        private void Fail(IObserver<TSeen> observer, Exception failure)
        {
            try
            {
                observer.OnError(failure);
            }
            catch (Exception thrown)
            {
                // Rx itself throws the failure at an observer that has no OnError.
                _trail.Terms.Report(thrown);
            }
        }

        private bool TryEnd([NotNullWhen(true)] out IObserver<TSeen>? observer)
        {
            observer = Interlocked.Exchange(ref _observer, null);
            return observer is not null;
        }

        /// <summary>Leaves the open requests and lets the source go. True when it was the last one of a client that drains.</summary>
        private bool Release()
        {
            bool last = _trail.Terms.OpenRequests.TryLeaveLast(this);
            Interlocked.Exchange(ref _upstream, Disposable.Empty)?.Dispose();
            return last;
        }
    }

    private sealed class RepliesSink(RequestEdge<T> edge, IObserver<Reply<T>> observer) : Sink<Reply<T>>(edge, observer)
    {
        protected override void Tell(IObserver<Reply<T>> observer, in Reply<T> reply) =>
            Complete(observer, reply with { Attempts = Trail.Attempts });
    }

    private class ResultsSink(RequestEdge<T> edge, IObserver<T>? observer) : Sink<T>(edge, observer)
    {
        protected override void Tell(IObserver<T> observer, in Reply<T> reply)
        {
            if (reply.IsError)
            {
                ErrorReplyException failure = ErrorReplyException.Of(reply with { Attempts = Trail.Attempts });
                failure.Method = Trail.Method;
                FailureAccount.Complete(failure, Trail);
                observer.OnError(failure);
                return;
            }
            Trail.Forget();
            Complete(observer, reply.Result!);
        }
    }
}
