using System.Buffers;
using System.IO.Pipelines;
using Rx.JsonRpc.Framing;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;
using StreamJsonRpc.Reflection;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>
/// Netstrings for StreamJsonRpc, through the extension point that its documentation names, and with our own framing under it. As its
/// built-in handlers do, it keeps a message's bytes until the message has been read as an object.
/// </summary>
/// <remarks>
/// Over a stream, as the documentation shows: the base class then puts pipes in between that send several messages at once. A pipe
/// writer made by <see cref="PipeWriter.Create(Stream, StreamPipeWriterOptions?)"/> would make each message a system call of its own.
/// </remarks>
internal sealed class NetstringMessageHandler(Stream stream, IJsonRpcMessageFormatter formatter)
    : PipeMessageHandler(stream, stream, formatter), IJsonRpcMessageBufferManager
{
    private readonly ArrayBufferWriter<byte> _payload = new(1024);
    private SequencePosition? _afterMessage;

    void IJsonRpcMessageBufferManager.DeserializationComplete(JsonRpcMessage message)
    {
        if (message is IJsonRpcMessageBufferManager owner) owner.DeserializationComplete(message);
        if (_afterMessage is { } consumed) Reader!.AdvanceTo(consumed);
        _afterMessage = null;
    }

    protected override void Write(JsonRpcMessage content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _payload.ResetWrittenCount();
        Formatter.Serialize(_payload, content);
        NetstringWriter.Write(Writer!, _payload.WrittenSpan);
    }

    protected override async ValueTask<JsonRpcMessage?> ReadCoreAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await Reader!.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> rest = read.Buffer;
            NetstringStatus status = NetstringReader.Read(ref rest, 1 << 22, out ReadOnlySequence<byte> payload, out NetstringViolation violation);
            if (status == NetstringStatus.Frame)
            {
                _afterMessage = rest.Start;
                return Formatter.Deserialize(payload);
            }
            Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (status == NetstringStatus.Violation) throw new BadRpcHeaderException(violation.ToString());
            if (read.IsCompleted) return null;
        }
    }
}
