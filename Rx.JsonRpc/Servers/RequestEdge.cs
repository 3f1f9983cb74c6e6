using System.Reactive.Disposables;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// The outermost step of a request: makes the trail at subscribe time, gives at most one value and then completes, and turns what ended
/// the pipeline into a failure that tells the whole story.
/// </summary>
internal abstract class RequestEdge<T> : IObservable<Reply<T>>
{
    private readonly OpenRequests _openRequests;
    private readonly RequestRecorder? _recorder;

    /// <param name="openRequests">Where it is entered while it is open.</param>
    /// <param name="recorder">What is told of its end, before its observer; null to tell nobody.</param>
    protected RequestEdge(OpenRequests openRequests, RequestRecorder? recorder)
    {
        _openRequests = openRequests;
        _recorder = recorder;
    }

    public IDisposable Subscribe(IObserver<Reply<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        RequestTrail trail = Begin();
        var sink = new Sink(this, trail, observer);
        if (_openRequests.TryEnter(sink, out Exception? refusal)) sink.Run();
        else observer.OnError(FailureStory.Stopped(refusal, trail));
        return sink;
    }

    /// <summary>Makes the trail of one subscription.</summary>
    protected abstract RequestTrail Begin();

    /// <summary>The rest of the request, for the subscription with this trail.</summary>
    protected abstract IObservable<Reply<T>> Pipeline(RequestTrail trail);

    private sealed class Sink : OpenRequest, IObserver<Reply<T>>, IDisposable
    {
        private readonly RequestEdge<T> _edge;
        private readonly RequestTrail _trail;
        private IObserver<Reply<T>>? _observer;
        private IDisposable? _upstream;
        private volatile bool _disposed;

        public Sink(RequestEdge<T> edge, RequestTrail trail, IObserver<Reply<T>> observer)
        {
            _edge = edge;
            _trail = trail;
            _observer = observer;
        }

        public void Run()
        {
            IObservable<Reply<T>> source = _edge.Pipeline(_trail);
            // A drain or a dispose of the client may have ended it since it entered; then nothing is to be sent.
            if (Volatile.Read(ref _observer) is null) return;
            IDisposable upstream = source.Subscribe(this);
            if (Interlocked.CompareExchange(ref _upstream, upstream, null) is not null) upstream.Dispose();
        }

        public void OnNext(Reply<T> reply)
        {
            if (!TryEnd(out IObserver<Reply<T>>? observer)) return;
            // What a hedge set beside the winner has been disposed by now, and taken back unless it had left.
            _trail.EndAll(AttemptEnd.Cancelled, "another server was first");
            _trail.Seal();
            Answer(observer, reply with { Attempts = _trail.Attempts });
        }

        public void OnCompleted()
        {
            // Usually there was one; then there is nothing to tell, and an exception would be made for nobody.
            if (Volatile.Read(ref _observer) is not null) OnError(new InvalidOperationException($"{_trail.Method}: ended without a reply"));
        }

        public void OnError(Exception failure)
        {
            if (!TryEnd(out IObserver<Reply<T>>? observer)) return;
            if (failure is TimeoutException) _trail.EndAtLimit();
            else _trail.EndAll(AttemptEnd.Cancelled, "the request ended elsewhere");
            _trail.Seal();
            if (FailureStory.AnswerIn(failure, _trail) is { } error)
            {
                Answer(observer, new Reply<T> { Error = error, Attempts = _trail.Attempts });
                return;
            }
            Release();
            Exception told = FailureStory.Tell(failure, _trail);
            _edge._recorder?.Record(_trail, told);
            observer.OnError(told);
        }

        public override void Cancel(Exception reason)
        {
            if (!TryEnd(out IObserver<Reply<T>>? observer)) return;
            Release();
            // Afterwards: what has not left by now has been taken back.
            _trail.EndAll(AttemptEnd.Cancelled, reason.Message);
            _trail.Seal();
            Exception told = FailureStory.Stopped(reason, _trail);
            _edge._recorder?.Record(_trail, told);
            observer.OnError(told);
        }

        public void Dispose()
        {
            _disposed = true;
            if (!TryEnd(out _)) return;
            Release();
            // Afterwards: what has not left by now has been taken back.
            _trail.EndAll(AttemptEnd.Cancelled);
            _trail.Seal();
            _edge._recorder?.Record(_trail, OutcomeKind.Cancelled);
        }

        private void Answer(IObserver<Reply<T>> observer, Reply<T> reply)
        {
            // The source is let go first: nothing that it still does (a limit that fires while OnNext runs) can reach the observer.
            Release();
            _edge._recorder?.Record(_trail, reply.IsError ? OutcomeKind.Error : OutcomeKind.Result);
            observer.OnNext(reply);
            if (!_disposed) observer.OnCompleted();
        }

        private bool TryEnd(out IObserver<Reply<T>> observer)
        {
            observer = Interlocked.Exchange(ref _observer, null)!;
            return observer is not null;
        }

        private void Release()
        {
            _edge._openRequests.Leave(this);
            Interlocked.Exchange(ref _upstream, Disposable.Empty)?.Dispose();
        }
    }
}
