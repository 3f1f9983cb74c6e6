using System.Reactive.Disposables;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// One attempt as the failover sees it: notes on the trail how it ended, and turns what ended it into a failure that knows its server,
/// its number and whether the request may have run.
/// </summary>
internal sealed class RecordedAttempt<T> : IObservable<Reply<T>>
{
    private readonly Server _server;
    private readonly RequestTrail _trail;
    private readonly RequestPolicy _policy;
    private readonly Func<AttemptRecord, IObservable<Reply<T>>> _attempt;

    public RecordedAttempt(Server server, RequestTrail trail, RequestPolicy policy, Func<AttemptRecord, IObservable<Reply<T>>> attempt)
    {
        _server = server;
        _trail = trail;
        _policy = policy;
        _attempt = attempt;
    }

    public IDisposable Subscribe(IObserver<Reply<T>> observer)
    {
        if (_trail.Elapsed >= _trail.Limit.Due)
        {
            // The limit is due on the clock at this very moment; no attempt is started on its last breath.
            observer.OnError(new TimeoutException());
            return Disposable.Empty;
        }
        if (!_trail.TryBegin(_server, out AttemptRecord? record))
        {
            observer.OnError(new AggregateException("The retry budget is spent."));
            return Disposable.Empty;
        }
        // The request has ended on another thread: nobody would hear what became of it.
        if (record.Ended) return Disposable.Empty;
        return _attempt(record).Subscribe(new Sink(this, record, observer));
    }

    private sealed class Sink(RecordedAttempt<T> attempt, AttemptRecord record, IObserver<Reply<T>> observer) : IObserver<Reply<T>>
    {
        public void OnNext(Reply<T> reply)
        {
            attempt._trail.End(record, reply.IsError ? AttemptEnd.Error : AttemptEnd.Result, reply.Error?.ToString() ?? "", code: reply.Error?.Code);
            observer.OnNext(reply);
        }

        public void OnCompleted() => observer.OnCompleted();

        public void OnError(Exception failure)
        {
            // What it says of its bytes must stay true.
            record.TakeBack();
            Exception known = failure is TimeoutException ? TimedOut() : failure;
            if (known is JsonRpcException ours)
            {
                ours.Method = attempt._trail.Method;
                ours.Server = record.Server.Address;
                if (ours is not ErrorReplyException) ours.Written = record.Written;
            }
            attempt._trail.End(record, EndOf(known), known.Message, (known as ErrorReplyException)?.Error);
            observer.OnError(known);
        }

        private RequestTimeoutException TimedOut()
        {
            TimeSpan due = attempt._policy.TryTimeout;
            string ran = record.Written == Written.NotWritten
                ? "it was not sent"
                : "it may have run: to try the next server all the same, mark the method idempotent or set Replay to Always";
            return new RequestTimeoutException(
                $"{attempt._trail.Method}: no reply from {record.Server.Address} within {due.TotalMilliseconds:0.###} ms (attempt {record.Number}); {ran}");
        }

        private static AttemptEnd EndOf(Exception failure) => failure switch
        {
            RequestTimeoutException => AttemptEnd.TimedOut,
            ServerUnavailableException => AttemptEnd.Unavailable,
            ConnectionLostException or ProtocolViolationException => AttemptEnd.ConnectionLost,
            ErrorReplyException => AttemptEnd.Error,
            ObjectDisposedException => AttemptEnd.Cancelled,
            _ => AttemptEnd.Faulty,
        };
    }
}
