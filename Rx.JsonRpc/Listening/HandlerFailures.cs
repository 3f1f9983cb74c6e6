using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Listening;

/// <summary>What a peer is told when the host's code throws.</summary>
internal static class HandlerFailures
{
    /// <summary>Answers the call, if it still can be, and tells the host. An error that the handler chose is an answer, not a failure.</summary>
    public static void Answer(IncomingCall? call, Exception thrown)
    {
        if (call is null) return;
        if (thrown is ErrorReplyException chosen)
        {
            call.TryFail(chosen.Error);
            return;
        }
        // A handler that was cancelled because its peer has gone did what it should.
        if (thrown is OperationCanceledException && call.Disconnected.IsCancellationRequested) return;
        if (BadText.IsBehind(thrown, call.Parameters))
        {
            AnswerMisfit(call, thrown.Message);
            return;
        }
        call.TryFail(new JsonRpcError(JsonRpcError.InternalError, "Internal error", Shown(call, thrown)));
        call.Report(thrown);
    }

    public static void AnswerMisfit(IncomingCall call, string why) =>
        call.TryFail(new JsonRpcError(JsonRpcError.InvalidParams, "Invalid params", call.ShowsErrors ? Text(why) : default));

    private static RawJson Shown(IncomingCall call, Exception thrown) => call.ShowsErrors ? Text(thrown.Message) : default;

    private static RawJson Text(string text)
    {
        // By way of UTF-8, because half a surrogate pair becomes U+FFFD there and an exception otherwise.
        JsonEncodedText encoded = JsonEncodedText.Encode(Encoding.UTF8.GetBytes(text), JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return RawJson.FromChecked((byte[])[(byte)'"', .. encoded.EncodedUtf8Bytes, (byte)'"']);
    }
}
