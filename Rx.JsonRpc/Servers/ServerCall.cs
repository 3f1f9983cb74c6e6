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
internal sealed class ServerCall<TParams, TResult> : IObservable<Reply<TResult>>
{
    private readonly Server _server;
    private readonly Method<TParams, TResult> _method;
    private readonly TParams _parameters;
    private readonly AttemptRecord _record;

    public ServerCall(Server server, Method<TParams, TResult> method, TParams parameters, AttemptRecord record)
    {
        _server = server;
        _method = method;
        _parameters = parameters;
        _record = record;
    }

    public IDisposable Subscribe(IObserver<Reply<TResult>> observer)
    {
        var pending = new Pending(this, observer);
        _server.Admit(pending);
        return pending;
    }

    private sealed class Pending : PendingRequest, IServerRequest, IDisposable
    {
        private readonly ServerCall<TParams, TResult> _call;
        private readonly IObserver<Reply<TResult>> _observer;
        private ServerConnection? _connection;
        private Reply<TResult> _reply;
        private Exception? _failure;
        private volatile bool _disposed;

        public Pending(ServerCall<TParams, TResult> call, IObserver<Reply<TResult>> observer)
        {
            _call = call;
            _observer = observer;
        }

        public AttemptRecord? Judged => _call._record;

        public void Begin(ServerConnection connection)
        {
            _connection = connection;
            Admission admission = connection.Pending.TryAdd(this);
            if (admission != Admission.Admitted)
            {
                Refuse(admission == Admission.Full ? _call._server.Full() : _call._server.NotConnected());
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
                if (TryRemoveFrom(connection)) _observer.OnError(faulty);
                return;
            }
            // Without a word to those who wait for room: it would come from one of them, and call it back at once.
            if (sent == SendResult.Queued || !connection.Pending.TryRemove(this)) return;
            _observer.OnError(sent == SendResult.QueueFull ? _call._server.QueueFull() : _call._server.NotConnected());
        }

        public void Refuse(ServerUnavailableException failure)
        {
            if (!_disposed) _observer.OnError(failure);
        }

        public override bool TryHandOver() => _call._record.TryHandOver();

        public override void Dropped()
        {
            // The connection takes every pending request out of its table when it ends; that is where this one hears of it.
        }

        public override void OnResult(in ReadOnlySequence<byte> json)
        {
            try
            {
                _reply = new Reply<TResult> { Result = ResultReader.Read(json, _call._method.Result, _call._server.Serializer) };
            }
            catch (Exception fault)
            {
                _failure = new InvalidReplyException(
                    $"{_call._method.Name}: the result from {_call._server.Address} cannot be read as {typeof(TResult).Name}: {fault.Message}", fault);
            }
            Schedule();
        }

        public override void OnErrorReply(JsonRpcError error)
        {
            _reply = new Reply<TResult> { Error = error };
            Schedule();
        }

        public override void OnLost(Exception failure)
        {
            _call._record.TakeBack();
            _failure = failure;
            Schedule();
        }

        public void Dispose()
        {
            _disposed = true;
            // Begin on another thread writes the entry and reads the flag; this thread does the reverse. One of them sees the other.
            Interlocked.MemoryBarrier();
            if (_connection is { } connection) TryRemoveFrom(connection);
            else _call._server.Forget(this);
            _call._record.TakeBack();
        }

        private bool TryRemoveFrom(ServerConnection connection)
        {
            if (!connection.Pending.TryRemove(this)) return false;
            _call._server.RoomForOne();
            return true;
        }

        private SendResult Send(ServerConnection connection)
        {
            FrameBuffer buffer = FrameBuffer.Rent();
            try
            {
                Method<TParams, TResult> method = _call._method;
                RequestWriter.WriteRequest(
                    buffer, method.Name, method.Prefix, Id, _call._parameters, method.Parameters, _call._server.Serializer, connection.MaxFrameBytes);
                return connection.Frames.TrySend(buffer.Complete(), this);
            }
            finally
            {
                FrameBuffer.Return(buffer);
            }
        }

        private void Schedule() => _call._server.Continuations.Schedule(static self => ((Pending)self!).Deliver(), this);

        private void Deliver()
        {
            if (_disposed) return;
            if (_failure is not null)
            {
                _observer.OnError(_failure);
                return;
            }
            _observer.OnNext(_reply);
            if (!_disposed) _observer.OnCompleted();
        }
    }
}
