using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Listening;

/// <summary>What is said in place of a reply that no frame can hold.</summary>
internal static class TooLong
{
    public static void Replace(FrameBuffer reply, IncomingCall call)
    {
        reply.Truncate(0);
        ReplyWriter.WriteError(reply, call.Id.Utf8.Span, new JsonRpcError(JsonRpcError.InternalError, "The reply is too long"));
    }
}
