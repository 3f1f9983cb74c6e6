using System.Buffers;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// One try of one request on one server; each subscription sends it once. <b>OnNext</b>: the reply, a result or an error, copied out of
/// the frame. <b>OnError</b>: a failure that knows whether the request may have run. <b>Dispose</b>: stops waiting, and takes the request
/// back if it has not left yet.
/// </summary>
/// <remarks>
/// It is itself what waits for the reply of its first subscription, which is usually the only one; each later one has its own. One that is
/// made by <see cref="Once"/> is subscribed once, and serves again after its reply.
/// </remarks>
internal sealed class ServerCall<TParams, TResult> : PendingRequest, IServerRequest, IObservable<Reply<TResult>>, IThreadPoolWorkItem, IDisposable
{
    private Server _server;
    private Method<TParams, TResult> _method;
    private TParams _parameters;
    private AttemptRecord _record;
    private IObserver<Reply<TResult>>? _observer;
    private ServerConnection? _connection;
    private Reply<TResult> _reply;
    private Exception? _failure;
    private bool _once;
    private ThreadMark _disposal;
    private volatile bool _disposed;

    public ServerCall(Server server, Method<TParams, TResult> method, TParams parameters, AttemptRecord record)
    {
        _server = server;
        _method = method;
        _parameters = parameters;
        _record = record;
    }

    public AttemptRecord Attempt => _record;

    public AttemptRecord? Judged => _record;

    public override bool HasLeft => _record is { Written: Written.MaybeExecuted };

    /// <summary>A call that is subscribed once. Who subscribes it disposes it once, and knows nothing of it any more.</summary>
    public static ServerCall<TParams, TResult> Once(Server server, Method<TParams, TResult> method, TParams parameters, AttemptRecord record)
    {
        if (!Spares<ServerCall<TParams, TResult>>.TryTake(out ServerCall<TParams, TResult>? call))
        {
            return new ServerCall<TParams, TResult>(server, method, parameters, record) { _once = true };
        }
        call._server = server;
        call._method = method;
        call._parameters = parameters;
        call._record = record;
        return call;
    }

    public IDisposable Subscribe(IObserver<Reply<TResult>> observer)
    {
        if (Interlocked.CompareExchange(ref _observer, observer, null) is not null)
        {
            return new ServerCall<TParams, TResult>(_server, _method, _parameters, _record).Subscribe(observer);
        }
        _server.Admit(this);
        return this;
    }

    public void Begin(ServerConnection connection)
    {
        _connection = connection;
        SentAfter = connection.OthersSent;
        Admission admission = connection.Pending.TryAdd(this);
        if (admission != Admission.Admitted)
        {
            Refuse(admission == Admission.Full ? _server.Full() : _server.NotConnected());
            return;
        }
        if (_disposed && TryRemoveFrom(connection)) return;
        SendResult sent = SendResult.Closed;
        try
        {
            sent = Send(connection);
        }
        catch (InvalidParametersException faulty)
        {
            if (TryRemoveFrom(connection)) _observer!.OnError(faulty);
            return;
        }
        // Without a word to those who wait for room: it would come from one of them, and call it back at once.
        if (sent == SendResult.Queued || !connection.Pending.TryRemove(this)) return;
        _observer!.OnError(sent == SendResult.QueueFull ? _server.QueueFull() : _server.NotConnected());
    }

    public void Refuse(ServerUnavailableException failure)
    {
        if (!_disposed) _observer!.OnError(failure);
    }

    public override bool TryHandOver() => _record.TryHandOver();

    public override void Dropped()
    {
        // The connection takes every pending request out of its table when it ends; that is where this one hears of it.
    }

    public override void OnResult(in ReadOnlySequence<byte> json)
    {
        try
        {
            _reply = new Reply<TResult> { Result = ResultReader.Read(json, _method.Result, _server.Serializer) };
        }
        catch (Exception fault)
        {
            _failure = InvalidReplyException.Of(_method.Name, _server.Address, typeof(TResult), fault);
        }
        Schedule();
    }

    public override void OnErrorReply(JsonRpcError error)
    {
        if (error.IsRefusal)
        {
            _record.Refuse();
            _failure = _server.Refused(error);
        }
        else
        {
            _reply = new Reply<TResult> { Error = error };
        }
        Schedule();
    }

    public override void OnUnusable(string why)
    {
        _failure = new InvalidReplyException(
            $"{_method.Name}: the reply from {_server.Address} cannot be used: {why}.");
        Schedule();
    }

    public override void OnLost(Exception failure)
    {
        _record.TakeBack();
        _failure = failure;
        Schedule();
    }

    public void Dispose()
    {
        _disposal.Set();
        _disposed = true;
        // Begin on another thread writes the entry and reads the flag; this thread does the reverse. One of them sees the other.
        Interlocked.MemoryBarrier();
        if (_connection is { } connection) TryRemoveFrom(connection);
        else _server.Forget(this);
        _record.TakeBack();
    }

    /// <summary>Tells its observer.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (_disposed) return;
        if (_failure is not null)
        {
            _observer!.OnError(_failure);
            return;
        }
        _observer!.OnNext(_reply);
        if (!_disposed) _observer!.OnCompleted();
        // Disposed while it told the reply, on this thread, by the only one who knew it. The reply to a request whose bytes have not been
        // handed over is a peer's guess: then the writer knows it still.
        if (_once && _disposal.IsHere && _record.Written == Written.MaybeExecuted) Recycle();
    }

    private void Schedule()
    {
        _record.HasNews = true;
        _server.Continuations.Schedule(this);
    }

    private void Recycle()
    {
        AttemptRecord record = _record;
        Id = -1;
        _server = null!;
        _method = null!;
        _parameters = default!;
        _record = null!;
        _observer = null;
        _connection = null;
        _reply = default;
        _disposal = default;
        _disposed = false;
        Spares<ServerCall<TParams, TResult>>.Keep(this);
        record.Recycle();
    }

    private bool TryRemoveFrom(ServerConnection connection)
    {
        if (!connection.Pending.TryRemove(this)) return false;
        if (HasLeft) connection.CountOther();
        _server.RoomForOne();
        return true;
    }

    private SendResult Send(ServerConnection connection)
    {
        FrameBuffer buffer = FrameBuffer.Rent();
        try
        {
            RequestWriter.WriteRequest(
                buffer, _method.Name, _method.Prefix, Id, _parameters, _method.Parameters, _server.Serializer, connection.MaxFrameBytes);
            return connection.Frames.TrySend(buffer.Complete(), this);
        }
        finally
        {
            FrameBuffer.Return(buffer);
        }
    }
}
