using System.Buffers;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

internal sealed partial class ServerConnection
{
    private void TakeError(in Envelope envelope, Frame frame)
    {
        JsonRpcError? error = ErrorReader.Read(envelope.Value, _options.Strict, out string? fault);
        // First: what was refused must not come here again. Also when nothing waits for the reply any more.
        bool leaves = error is { IsLeaving: true };
        if (leaves) Leave();
        if (envelope.IsWithoutId(_options.Strict)) TakeErrorWithoutId(error, fault, frame);
        else if (TakePending(envelope, frame, serves: !leaves) is { } request) Fail(request, error, fault);
    }

    /// <summary>
    /// A server that cannot read what was sent cannot name its id either (JSON-RPC 2.0, section 5). The only request that waits is meant,
    /// if nothing else that was sent can be: a server reads in order, so whatever left before a request that has a reply is not.
    /// </summary>
    private void TakeErrorWithoutId(JsonRpcError? error, string? fault, Frame frame)
    {
        if (_settled == OthersSent && Pending.TakeOnly() is { } only)
        {
            if (error is not { IsLeaving: true }) HasReplied = true;
            Fail(only, error, fault);
            _server.RoomForOne();
            return;
        }
        _server.Dropped(DropReason.ErrorWithoutId, frame.Payload.Length, error?.Code);
    }

    private static void Fail(PendingRequest request, JsonRpcError? error, string? fault)
    {
        if (error is null) request.OnUnusable(fault!);
        else request.OnErrorReply(error);
    }

    /// <summary>Ends the request with this id, if it waits, because its reply cannot be used.</summary>
    private bool TryFail(long id, string why)
    {
        if (Pending.Take(id, out _) is not { } request) return false;
        HasReplied = true;
        request.OnUnusable(why);
        _server.RoomForOne();
        return true;
    }

    /// <summary>A frame above the limit has passed by: the request that it replies to fails, and nothing else.</summary>
    private void Skip(SkippedFrame frame)
    {
        CutEnvelope cut = CutEnvelope.Read(frame);
        if (cut.Kind == EnvelopeKind.Result) TryFail(cut.Id, $"it {LimitTexts.TooLong(frame.Length, _options.MaxFrameBytes)}");
        else if (cut.Kind == EnvelopeKind.Call) _calls.RefuseTooLong(cut.IdJson, frame.Length);
        _server.Dropped(DropReason.TooLong, frame.Length);
    }

    private bool TryFailAllIn(in ReadOnlySequence<byte> text)
    {
        var ids = new List<long>();
        int depth = BrokenText.FindIds(text, ids);
        string why = depth > RawJson.MaxDepth ? EnvelopeReader.TooDeep : "it is not JSON in UTF-8";
        bool any = false;
        foreach (long id in ids) any |= TryFail(id, why);
        return any;
    }
}
