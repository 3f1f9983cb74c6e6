using System.Buffers;
using System.Reactive.Concurrency;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// The requests that a server sent on one connection and that have no answer yet, up to the bounds. Leaving the table is the only right
/// to answer: host, time limit and the end of the connection race for it.
/// </summary>
internal sealed class OpenServerCalls
{
    private static readonly JsonRpcError NoMethod = new(JsonRpcError.MethodNotFound, "Method not found");
    private static readonly JsonRpcError TooMany = JsonRpcError.Refusal("too many calls in flight");
    private static readonly JsonRpcError TooLate = new(JsonRpcError.InternalError, "Not answered in time");
    private static readonly JsonRpcError TooLong = new(JsonRpcError.InternalError, "The reply is too long");

    private readonly Lock _gate = new();
    private readonly HashSet<ServerRequest> _open = [];
    private readonly Server _server;
    private readonly ServerConnection _connection;
    private readonly JsonRpcClientOptions _options;
    private readonly IScheduler _clock;
    private long _bytes;
    private bool _ended;

    public OpenServerCalls(Server server, ServerConnection connection, JsonRpcClientOptions options, IScheduler clock)
    {
        _server = server;
        _connection = connection;
        _options = options;
        _clock = clock;
    }

    public IJsonRpcSerializer Serializer => _server.Serializer;

    /// <summary>Passes a request on to the host, or answers it: silence would leave the server waiting (JSON-RPC 2.0, section 5.1).</summary>
    /// <param name="call">The request.</param>
    /// <param name="batch">The batch that it is in; null when it came alone.</param>
    public void Take(in Envelope call, ServerCallBatch? batch)
    {
        if (!_server.Calls.Knows(call.Method!))
        {
            Refuse(call, NoMethod, batch);
            return;
        }
        var request = new ServerRequest(this, _server.Address, call, batch);
        // Before it enters: the end of the connection may end it at once.
        batch?.Expect();
        if (!TryEnter(request))
        {
            Refuse(call, TooMany, batch);
            batch?.Skip();
            return;
        }
        request.Limit.Disposable = _clock.After(_options.ServerCallTimeout, request, static late => late.TryFail(TooLate));
        if (!_server.Calls.TryPublish(request)) request.TryFail(TooMany);
    }

    /// <summary>Answers a request that was skipped because it is above the limit.</summary>
    public void RefuseTooLong(RawJson id, long length) => Refuse(
        id.Utf8.Span,
        new JsonRpcError(JsonRpcError.InvalidRequest, $"Invalid Request: the request {LimitTexts.TooLong(length, _options.MaxFrameBytes)}"),
        batch: null);

    public static void RefuseUnknown(ServerRequest request) => request.TryFail(NoMethod);

    /// <summary>A look before an answer is written for nothing; it may be too late all the same.</summary>
    public bool Has(ServerRequest request)
    {
        lock (_gate) return _open.Contains(request);
    }

    public bool TryAnswer(ServerRequest request, FrameBuffer reply)
    {
        lock (_gate)
        {
            if (!_open.Remove(request)) return false;
            _bytes -= request.Parameters.Utf8.Length;
        }
        _server.PushedBytes.GiveBack(request.Size);
        request.Limit.Dispose();
        if (reply.PayloadLength > _options.MaxFrameBytes) ReplaceTooLong(reply, request.Id);
        return request.Batch is { } batch ? batch.TryAnswer(reply, request.Id) : TrySend(reply);
    }

    /// <summary>Counts an answer that waits for the rest of its batch; one that the frame cannot hold beside the others becomes an error.</summary>
    /// <returns>False when it cannot be held; it is counted as dropped.</returns>
    public bool TryHold(int before, FrameBuffer answer, RawJson id)
    {
        // The brackets around them, and the commas.
        int room = _options.MaxFrameBytes - before - 2;
        if (answer.PayloadLength > room && !id.IsEmpty) ReplaceTooLong(answer, id);
        if (answer.PayloadLength <= room && _server.PushedBytes.TryTake(answer.PayloadLength)) return true;
        _server.Dropped(DropReason.QueueFull, answer.PayloadLength);
        return false;
    }

    /// <summary>The answers of a batch wait no more.</summary>
    public void Unhold(int bytes) => _server.PushedBytes.GiveBack(bytes);

    public bool TrySend(FrameBuffer reply)
    {
        _connection.CountOther();
        SendResult sent = reply.PayloadLength > NetstringWriter.MaxPayloadBytes
            ? SendResult.QueueFull
            : _connection.Frames.TrySend(reply.Complete(), null);
        // A server that asks and does not read must not make the queue grow, nor end the requests that are under way.
        if (sent == SendResult.QueueFull) _server.Dropped(DropReason.QueueFull, reply.PayloadLength);
        return sent == SendResult.Queued;
    }

    /// <summary>No answer can reach the server any more.</summary>
    public void End()
    {
        ServerRequest[] left;
        lock (_gate)
        {
            _ended = true;
            left = [.. _open];
            _open.Clear();
        }
        foreach (ServerRequest request in left)
        {
            _server.PushedBytes.GiveBack(request.Size);
            request.Limit.Dispose();
            request.Batch?.Skip();
        }
    }

    private bool TryEnter(ServerRequest request)
    {
        lock (_gate)
        {
            int length = request.Parameters.Utf8.Length;
            if (_ended || _open.Count >= _options.MaxOpenServerCalls || (_open.Count > 0 && length > _options.MaxQueuedBytesPerConnection - _bytes)) return false;
            // Last: what was taken must be given back.
            if (!_server.PushedBytes.TryTake(request.Size)) return false;
            _bytes += length;
            return _open.Add(request);
        }
    }

    private void ReplaceTooLong(FrameBuffer reply, RawJson id)
    {
        _server.Dropped(DropReason.TooLong, reply.PayloadLength);
        reply.Truncate(0);
        ReplyWriter.WriteError(reply, id.Utf8.Span, TooLong);
    }

    private void Refuse(in Envelope call, JsonRpcError error, ServerCallBatch? batch) => Refuse(call.IdJson.ToArray(), error, batch);

    private void Refuse(ReadOnlySpan<byte> id, JsonRpcError error, ServerCallBatch? batch)
    {
        FrameBuffer reply = FrameBuffer.Rent();
        ReplyWriter.WriteError(reply, id, error);
        if (batch is null) TrySend(reply);
        else batch.Add(reply);
        FrameBuffer.Return(reply);
    }
}
