using System.Buffers;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Listening;

/// <summary>Turns the frames of one connection into calls, and answers what is none.</summary>
internal sealed class CallReader : IObserver<Frame>
{
    private static readonly JsonRpcError NotJson = new(JsonRpcError.ParseError, "Parse error");
    private static readonly JsonRpcError NoRequest = new(JsonRpcError.InvalidRequest, "Invalid Request");

    private readonly ListenerConnection _connection;
    private readonly ListenerServices _services;

    public CallReader(ListenerConnection connection)
    {
        _connection = connection;
        _services = connection.Services;
    }

    public void OnNext(Frame frame)
    {
        _connection.Silence.Speak();
        var reader = new EnvelopeReader(frame.Payload, _services.Options.Strict);
        if (reader.IsBatch && !reader.IsEmptyBatch) TakeBatch(ref reader);
        else if (reader.TryRead(out Envelope envelope)) Take(envelope);
    }

    /// <summary>
    /// A frame above the limit has passed by. A call whose id is known is answered. What has no id may be a notification, and an error
    /// with a null id could pass for the end of another call: it stays without an answer.
    /// </summary>
    public void Skip(SkippedFrame frame)
    {
        _services.ReportTooLong("reading a frame", _connection.Peer, "the frame", frame.Length);
        CutEnvelope cut = CutEnvelope.Read(frame);
        if (cut.Kind != EnvelopeKind.Call) return;
        string why = $"the request {LimitTexts.TooLong(frame.Length, _services.Options.MaxFrameBytes)}";
        TryAnswer(cut.IdJson.Utf8.Span, NoRequest with { Message = $"Invalid Request: {why}" }, null);
    }

    public void OnCompleted() => _connection.PeerEnded();

    public void OnError(Exception error) => _connection.Abort(error.Message);

    private void Take(in Envelope envelope)
    {
        if (envelope.Kind is EnvelopeKind.Call or EnvelopeKind.Notification) _connection.Enter(new IncomingCall(_connection, null, envelope));
        else if (ErrorFor(envelope) is { } error) TryAnswer(envelope, error, null);
    }

    private void TakeBatch(ref EnvelopeReader reader)
    {
        int most = _services.Options.MaxBatch;
        var batch = new ReplyBatch(_connection);
        var calls = new List<IncomingCall>();
        int count = 0;
        while (reader.TryRead(out Envelope envelope))
        {
            if (++count > most)
            {
                RefuseBatch(batch, $"more than {most} messages in a batch");
                return;
            }
            if (envelope.Kind is EnvelopeKind.Call or EnvelopeKind.Notification) calls.Add(new IncomingCall(_connection, batch, envelope));
            else if (ErrorFor(envelope) is { } error && !TryAnswer(envelope, error, batch))
            {
                RefuseBatch(batch, "the errors in the batch fill a frame");
                return;
            }
        }
        foreach (IncomingCall call in calls)
        {
            if (!call.IsNotification) batch.Expect();
            _connection.Enter(call);
        }
        batch.EndOfReading();
    }

    private void RefuseBatch(ReplyBatch batch, string why)
    {
        batch.Discard();
        _services.Counters.BadMessage();
        TryAnswer(default, NoRequest with { Message = $"Invalid Request: {why}" }, null);
    }

    private JsonRpcError? ErrorFor(in Envelope envelope)
    {
        if (envelope.Kind is EnvelopeKind.Result or EnvelopeKind.Error)
        {
            _services.Counters.ReplyIgnored();
            return null;
        }
        _services.Counters.BadMessage();
        return envelope.Kind == EnvelopeKind.NotJson ? NotJson : NoRequest;
    }

    private bool TryAnswer(in Envelope envelope, JsonRpcError error, ReplyBatch? batch) => TryAnswer(envelope.IdJson.ToArray(), error, batch);

    private bool TryAnswer(ReadOnlySpan<byte> id, JsonRpcError error, ReplyBatch? batch)
    {
        FrameBuffer reply = FrameBuffer.Rent();
        ReplyWriter.WriteError(reply, id, error);
        bool taken = batch is null ? _connection.TrySend(reply) : batch.TryAddWhileReading(reply);
        FrameBuffer.Return(reply);
        return taken;
    }
}
