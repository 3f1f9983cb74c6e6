using System.IO.Pipelines;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>Passes everything through and writes down who ended what.</summary>
internal sealed class WatchedPipe : IDuplexPipe, IDisposable
{
    private readonly IDuplexPipe _pipe;
    private readonly WatchedReader _input;
    private readonly WatchedWriter _output;
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WatchedPipe(IDuplexPipe pipe)
    {
        _pipe = pipe;
        _input = new WatchedReader(pipe.Input);
        _output = new WatchedWriter(pipe.Output);
    }

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    public bool InputCompleted => _input.Completed;

    public bool OutputCompleted => _output.Completed;

    /// <summary>How often it was disposed.</summary>
    public int Disposed { get; private set; }

    /// <summary>Whether both ends were completed when it was.</summary>
    public bool DisposedInTime { get; private set; }

    /// <summary>
    /// Completes when it is disposed. In a race that may be after the racers have returned: an awaiter that comes a moment late for a
    /// completion is resumed on the pool.
    /// </summary>
    public Task Gone => _gone.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Dispose()
    {
        Disposed++;
        DisposedInTime = InputCompleted && OutputCompleted;
        (_pipe as IDisposable)?.Dispose();
        _gone.TrySetResult();
    }

    private sealed class WatchedReader(PipeReader reader) : PipeReader
    {
        public volatile bool Completed;

        public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            Completed = true;
            reader.Complete(exception);
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => reader.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);
    }

    private sealed class WatchedWriter(PipeWriter writer) : PipeWriter
    {
        public volatile bool Completed;

        public override void Advance(int bytes) => writer.Advance(bytes);

        public override void CancelPendingFlush() => writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
            Completed = true;
            writer.Complete(exception);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => writer.FlushAsync(cancellationToken);

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);
    }
}
