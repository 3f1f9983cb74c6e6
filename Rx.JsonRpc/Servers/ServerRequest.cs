using System.Reactive.Disposables;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

/// <summary>
/// A request that a server sent to this client. It can be kept and answered later, from any thread; the first answer wins. One that is not
/// answered within <see cref="JsonRpcClientOptions.ServerCallTimeout"/> is answered with error -32603.
/// </summary>
public sealed class ServerRequest
{
    private readonly OpenServerCalls _open;

    internal ServerRequest(OpenServerCalls open, ServerAddress server, in Envelope call, ServerCallBatch? batch)
    {
        _open = open;
        Batch = batch;
        Server = server;
        Method = call.Method!;
        Parameters = RawJson.Copy(call.Value);
        Id = RawJson.Copy(call.IdJson);
    }

    /// <summary>Which server awaits the answer.</summary>
    public ServerAddress Server { get; }

    /// <summary>The method's name.</summary>
    public string Method { get; }

    /// <summary>The parameters, an object or an array; empty when there were none.</summary>
    public RawJson Parameters { get; }

    /// <summary>The id as the server wrote it: a string, a number or null.</summary>
    public RawJson Id { get; }

    /// <summary>The batch that it came in; null when it came alone.</summary>
    internal ServerCallBatch? Batch { get; }

    /// <summary>What it takes of the client's <see cref="JsonRpcClientOptions.MaxPushedBytes"/>.</summary>
    internal int Size => ServerServices.SizeOf(Method, Parameters, Id);

    /// <summary>The timer that ends the waiting for an answer.</summary>
    internal SingleAssignmentDisposable Limit { get; } = new();

    /// <summary>Answers with a result.</summary>
    /// <param name="result">The result; empty for <c>null</c>.</param>
    /// <returns>
    /// True when this is the answer, and it was put into the queue of the connection, or waits for the rest of its batch. False when the request had an answer already, its
    /// time was over, its connection has ended, or too many bytes wait there. A result too long for a frame is replaced by error -32603.
    /// </returns>
    public bool TryAnswer(RawJson result) => TryAnswer(result, RawJsonTypeInfo.Instance);

    /// <summary>Answers with a result that the client's serializer writes.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="result">The result.</param>
    /// <param name="typeInfo">How it is written.</param>
    /// <returns>As for the result in raw JSON. What the serializer throws comes through; the request can then still be answered.</returns>
    public bool TryAnswer<T>(T result, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        if (!_open.Has(this)) return false;
        FrameBuffer reply = FrameBuffer.Rent();
        try
        {
            ReplyWriter.WriteResult(reply, Id.Utf8.Span, result, typeInfo, _open.Serializer);
            return _open.TryAnswer(this, reply);
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
        if (!_open.Has(this)) return false;
        FrameBuffer reply = FrameBuffer.Rent();
        try
        {
            ReplyWriter.WriteError(reply, Id.Utf8.Span, error);
            return _open.TryAnswer(this, reply);
        }
        finally
        {
            FrameBuffer.Return(reply);
        }
    }

    /// <summary>Method, id and server.</summary>
    /// <returns>Text for a log.</returns>
    public override string ToString() => $"{OneLine.OfPeer(Method)} #{OneLine.OfPeer(Id.ToString())} from {Server}";
}
