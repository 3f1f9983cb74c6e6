using System.Net;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Listening;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc;

/// <summary>
/// A call or a notification that a peer sent. It can be kept and answered later, from any thread; the first answer wins. A call that is
/// never answered counts as in flight until its peer disconnects.
/// </summary>
public sealed class IncomingCall
{
    private readonly ListenerConnection _connection;
    private readonly ReplyBatch? _batch;
    private int _finished;

    internal IncomingCall(ListenerConnection connection, ReplyBatch? batch, in Envelope envelope)
    {
        _connection = connection;
        _batch = batch;
        Method = envelope.Method!;
        Parameters = envelope.Value.IsEmpty ? default : RawJson.Copy(envelope.Value);
        IsNotification = envelope.Kind == EnvelopeKind.Notification;
        Id = IsNotification ? default : RawJson.Copy(envelope.IdJson);
    }

    /// <summary>The method's name.</summary>
    public string Method { get; }

    /// <summary>The parameters, an object or an array; empty when there were none.</summary>
    public RawJson Parameters { get; }

    /// <summary>Whether the peer awaits no answer; then none can be given.</summary>
    public bool IsNotification { get; }

    /// <summary>The id as the peer wrote it: a string, a number or null. Empty for a notification.</summary>
    public RawJson Id { get; }

    /// <summary>Who called.</summary>
    public EndPoint RemoteEndPoint => _connection.Peer;

    /// <summary>Cancelled when the peer's connection has ended: no answer will reach it.</summary>
    public CancellationToken Disconnected => _connection.Ended;

    internal IJsonRpcSerializer Serializer => _connection.Services.Serializer;

    internal bool ShowsErrors => _connection.Services.Options.ShowHandlerErrors;

    /// <summary>Whether it came when its connection took no more calls; its refusal says so.</summary>
    internal bool IsTurnedAway { get; set; }

    private bool CanAnswer => !IsNotification && Volatile.Read(ref _finished) == 0 && !_connection.HasEnded;

    /// <summary>Answers with a result.</summary>
    /// <param name="result">The result; empty for <c>null</c>.</param>
    /// <returns>
    /// True when this is the answer: it was put into the queue of the connection, or waits for the rest of its batch. False when the call
    /// had an answer already, is a notification, or its peer has disconnected. A result too long for a frame is replaced by error -32603.
    /// </returns>
    public bool TryAnswer(RawJson result) => TryAnswer(result, RawJsonTypeInfo.Instance);

    /// <summary>Answers with a result that the listener's serializer writes.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="result">The result.</param>
    /// <param name="typeInfo">How it is written.</param>
    /// <returns>As for the result in raw JSON. What the serializer throws comes through; the call can then still be answered.</returns>
    public bool TryAnswer<T>(T result, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        if (!CanAnswer) return false;
        FrameBuffer reply = FrameBuffer.Rent();
        try
        {
            ReplyWriter.WriteResult(reply, Id.Utf8.Span, result, typeInfo, Serializer);
            return TryFinish(reply);
        }
        finally
        {
            FrameBuffer.Return(reply);
        }
    }

    /// <summary>Answers with an error.</summary>
    /// <param name="error">The error.</param>
    /// <returns>As for a result.</returns>
    public bool TryFail(JsonRpcError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (!CanAnswer) return false;
        FrameBuffer reply = FrameBuffer.Rent();
        try
        {
            ReplyWriter.WriteError(reply, Id.Utf8.Span, error);
            return TryFinish(reply);
        }
        finally
        {
            FrameBuffer.Return(reply);
        }
    }

    /// <summary>
    /// Answers that the call was not run (<see cref="JsonRpcError.Refusal"/>): a client of this library sends it to the next server. Only for
    /// a call that had no effect. A handler of a <see cref="MethodTable"/> throws <see cref="ErrorReplyException"/> with that error instead.
    /// </summary>
    /// <param name="reason">Why, in a few words.</param>
    /// <returns>As for a result.</returns>
    public bool TryRefuse(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!TryFail(JsonRpcError.Refusal(reason))) return false;
        _connection.Services.Counters.CallRefused();
        return true;
    }

    /// <summary>Closes the peer's connection at once; replies that have not left are lost.</summary>
    public void Disconnect() => _connection.Abort("closed by the host");

    /// <summary>Method, id and peer.</summary>
    /// <returns>Text for a log.</returns>
    public override string ToString() => $"{OneLine.OfPeer(Method)}{(IsNotification ? "" : $" #{OneLine.OfPeer(Id.ToString())}")} from {RemoteEndPoint}";

    /// <summary>The handling of a notification is over; nothing is sent.</summary>
    internal void NotificationHandled()
    {
        if (IsNotification && Interlocked.Exchange(ref _finished, 1) == 0) _connection.Leave(this);
    }

    internal void Report(Exception failure) => _connection.Services.Report(Method, RemoteEndPoint, failure);

    internal void ReportTooLong(string what, long bytes) => _connection.Services.ReportTooLong(Method, RemoteEndPoint, what, bytes);

    private bool TryFinish(FrameBuffer reply)
    {
        if (Interlocked.Exchange(ref _finished, 1) == 1) return false;
        bool queued = _batch is null ? _connection.TryReply(reply, this) : _batch.TryAdd(reply, this);
        _connection.Leave(this);
        return queued;
    }
}
