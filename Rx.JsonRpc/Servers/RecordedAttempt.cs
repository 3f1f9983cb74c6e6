using System.Reactive.Disposables;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// One attempt as the failover sees it: notes on the trail how it ended, and turns what ended it into a failure that knows its server,
/// its number and whether the request may have run. It is the record of the attempt and its observer too, and is subscribed once.
/// </summary>
internal abstract class RecordedAttempt<T> : AttemptRecord, IObservable<Reply<T>>, IObserver<Reply<T>>
{
    private RequestTrail _trail;
    private IObserver<Reply<T>>? _observer;
    private bool _endedItself;

    protected RecordedAttempt(Server server, RequestTrail trail)
        : base(server)
    {
        _trail = trail;
    }

    public sealed override bool IsForOneServer => _trail.Terms.IsForOneServer;

    protected RequestTrail Trail => _trail;

    public IDisposable Subscribe(IObserver<Reply<T>> observer)
    {
        TimeSpan startedAfter = _trail.Elapsed;
        if (startedAfter >= _trail.Limit.Due)
        {
            // The limit is due on the clock at this very moment; no attempt is started on its last breath.
            observer.OnError(new TimeoutException());
            return Disposable.Empty;
        }
        if (!_trail.TryBegin(this, startedAfter))
        {
            observer.OnError(new AggregateException("The retry budget is spent."));
            return Disposable.Empty;
        }
        // The request has ended on another thread: nobody would hear what became of it.
        if (Ended) return Disposable.Empty;
        _observer = observer;
        if (_trail.MustFollow)
        {
            OnError(Server.LeftToOthers());
            return Disposable.Empty;
        }
        return Try().Subscribe(this);
    }

    public void OnNext(Reply<T> reply)
    {
        _endedItself = _trail.TryEnd(this, reply.IsError ? AttemptEnd.Error : AttemptEnd.Result, reply.Error?.ToString() ?? "", code: reply.Error?.Code);
        _observer!.OnNext(reply);
    }

    public void OnCompleted() => _observer!.OnCompleted();

    public void OnError(Exception failure)
    {
        // What it says of its bytes must stay true.
        TakeBack();
        Exception known = failure is TimeoutException ? TimedOut() : failure;
        if (known is JsonRpcException ours)
        {
            ours.Method = _trail.Method;
            ours.Server = Server.Address;
            if (ours is not ErrorReplyException) ours.Written = Written;
        }
        int? refusal = (known as ServerUnavailableException)?.Refusal?.Code;
        _endedItself = _trail.TryEnd(this, EndOf(known), known.Message, (known as ErrorReplyException)?.Error, code: refusal);
        _observer!.OnError(known);
    }

    public sealed override bool HasTried(Server server) => _trail.HasTried(server);

    public sealed override void Recycle()
    {
        // The end of the request on another thread may have ended it, and judges it perhaps at this moment.
        if (_endedItself) Keep();
    }

    /// <summary>What is tried.</summary>
    protected abstract IObservable<Reply<T>> Try();

    /// <summary>Nobody knows it any more: it may serve again.</summary>
    protected virtual void Keep()
    {
    }

    /// <summary>Makes it as good as new, for another attempt.</summary>
    protected void Reset(Server server, RequestTrail trail)
    {
        Reset(server);
        _endedItself = false;
        _trail = trail;
        _observer = null;
    }

    private RequestTimeoutException TimedOut() => new(FormattableString.Invariant(
        $"no reply from {Server.Address} within {_trail.Terms.Policy.TryTimeout.TotalMilliseconds:0.###} ms{LateInWords()}"));

    private static AttemptEnd EndOf(Exception failure) => failure switch
    {
        RequestTimeoutException => AttemptEnd.TimedOut,
        ServerUnavailableException { Refusal: not null } => AttemptEnd.Refused,
        ServerUnavailableException => AttemptEnd.Unavailable,
        ConnectionLostException or ProtocolViolationException => AttemptEnd.ConnectionLost,
        ErrorReplyException => AttemptEnd.Error,
        ObjectDisposedException => AttemptEnd.Cancelled,
        _ => AttemptEnd.Faulty,
    };
}
