using System.IO.Pipelines;

namespace Rx.JsonRpc.Testing;

/// <summary>The reading end of a wire: what a read sets free on the other side runs inside the call, whatever context the caller has.</summary>
internal sealed class InMemoryReader(PipeReader pipe) : PipeReader
{
    public override bool TryRead(out ReadResult result) => pipe.TryRead(out result);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => pipe.ReadAsync(cancellationToken);

    public override void AdvanceTo(SequencePosition consumed)
    {
        using (NoSynchronizationContext.Enter()) pipe.AdvanceTo(consumed);
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        using (NoSynchronizationContext.Enter()) pipe.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead()
    {
        using (NoSynchronizationContext.Enter()) pipe.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null)
    {
        using (NoSynchronizationContext.Enter()) pipe.Complete(exception);
    }
}
