using System.Reactive;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// One try to send one notification to one server. <b>OnNext</b> and <b>OnCompleted</b>: its bytes were handed to the socket; nobody will
/// ever know more. <b>OnError</b>: it was not sent. <b>Dispose</b> takes it back if it has not left yet.
/// </summary>
internal sealed class ServerNotify<TParams> : IObservable<Reply<Unit>>
{
    private readonly Server _server;
    private readonly string _method;
    private readonly byte[] _prefix;
    private readonly TParams _parameters;
    private readonly JsonTypeInfo<TParams> _typeInfo;
    private readonly AttemptRecord _record;

    public ServerNotify(
        Server server, string method, byte[] prefix, TParams parameters, JsonTypeInfo<TParams> typeInfo, AttemptRecord record)
    {
        _server = server;
        _method = method;
        _prefix = prefix;
        _parameters = parameters;
        _typeInfo = typeInfo;
        _record = record;
    }

    public IDisposable Subscribe(IObserver<Reply<Unit>> observer)
    {
        var outgoing = new Outgoing(this, observer);
        _server.Admit(outgoing);
        return outgoing;
    }

    private sealed class Outgoing : IServerRequest, IOutgoing, IDisposable
    {
        private const int Held = 0;
        private const int HandedOver = 1;
        private const int Over = 2;

        private readonly ServerNotify<TParams> _notify;
        private readonly IObserver<Reply<Unit>> _observer;
        // One right to notify, as in the pending table: whoever takes it from Held has it.
        private int _state;
        private Exception? _failure;
        private bool _disposed;

        public Outgoing(ServerNotify<TParams> notify, IObserver<Reply<Unit>> observer)
        {
            _notify = notify;
            _observer = observer;
        }

        public AttemptRecord Attempt => _notify._record;

        public AttemptRecord? Judged => null;

        public void Begin(ServerConnection connection)
        {
            FrameBuffer buffer = FrameBuffer.Rent();
            SendResult sent;
            try
            {
                RequestWriter.WriteNotification(
                    buffer, _notify._method, _notify._prefix, _notify._parameters, _notify._typeInfo, _notify._server.Serializer, connection.MaxFrameBytes);
                connection.CountOther();
                sent = connection.Frames.TrySend(buffer.Complete(), this);
            }
            catch (InvalidParametersException faulty)
            {
                Fail(faulty);
                return;
            }
            finally
            {
                FrameBuffer.Return(buffer);
            }
            if (sent == SendResult.QueueFull) Fail(_notify._server.QueueFull());
            if (sent == SendResult.Closed) Fail(_notify._server.NotConnected());
        }

        public void Refuse(ServerUnavailableException failure) => Fail(failure);

        public bool TryHandOver()
        {
            if (Interlocked.CompareExchange(ref _state, HandedOver, Held) != Held || !_notify._record.TryHandOver()) return false;
            Schedule();
            return true;
        }

        public void Dropped()
        {
            if (End() != Held) return;
            _failure = _notify._server.NotConnected();
            Schedule();
        }

        public void Dispose()
        {
            Volatile.Write(ref _disposed, true);
            End();
            _notify._record.TakeBack();
            _notify._server.Forget(this);
        }

        /// <returns>What it was before; the right to notify came with <see cref="Held"/>.</returns>
        private int End() => Interlocked.CompareExchange(ref _state, Over, Held);

        private void Fail(Exception failure)
        {
            if (End() == Held) _observer.OnError(failure);
        }

        private void Schedule() => _notify._server.Continuations.Schedule(static self => ((Outgoing)self!).Deliver(), this);

        private void Deliver()
        {
            if (Volatile.Read(ref _disposed)) return;
            if (_failure is not null)
            {
                _observer.OnError(_failure);
                return;
            }
            _observer.OnNext(new Reply<Unit>());
            if (!Volatile.Read(ref _disposed)) _observer.OnCompleted();
        }
    }
}
