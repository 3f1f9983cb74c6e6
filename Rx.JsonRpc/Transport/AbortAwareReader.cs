using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Pipelines.Sockets.Unofficial;

namespace Rx.JsonRpc.Transport;

/// <summary>
/// Turns the <see cref="ConnectionAbortedException"/> of an aborted connection, which is an <see cref="OperationCanceledException"/>,
/// into an <see cref="IOException"/>, so that nobody takes it for the caller's own cancellation.
/// </summary>
internal sealed class AbortAwareReader : PipeReader
{
    private readonly PipeReader _reader;

    public AbortAwareReader(PipeReader reader) => _reader = reader;

    public override bool TryRead(out ReadResult result)
    {
        try
        {
            return _reader.TryRead(out result);
        }
        catch (ConnectionAbortedException aborted)
        {
            throw Lost(aborted);
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            ValueTask<ReadResult> read = _reader.ReadAsync(cancellationToken);
            return read.IsCompletedSuccessfully ? read : FinishAsync(read);
        }
        catch (ConnectionAbortedException aborted)
        {
            return ValueTask.FromException<ReadResult>(Lost(aborted));
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => _reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _reader.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _reader.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ReadResult> FinishAsync(ValueTask<ReadResult> read)
    {
        try
        {
            return await read.ConfigureAwait(false);
        }
        catch (ConnectionAbortedException aborted)
        {
            throw Lost(aborted);
        }
    }

    private static IOException Lost(ConnectionAbortedException aborted) => new("The connection was aborted.", aborted);
}
