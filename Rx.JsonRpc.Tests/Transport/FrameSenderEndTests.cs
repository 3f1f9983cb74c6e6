using System.IO.Pipelines;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class FrameSenderEndTests
{
    [Fact]
    public void Complete_FramesWait_SendsThemAndThenEndsTheStream()
    {
        Sending sending = Sending.Stuck();
        sending.Send("b");
        sending.Sender.Complete();
        sending.Sender.Complete();

        Assert.Equal(SendResult.Closed, sending.Send("c"));
        Assert.Equal("1:a,", sending.Read());
        Assert.Equal("1:b,", sending.Read());
        Assert.Null(sending.Read());
        Assert.Equal([null], sending.Ends);
    }

    [Fact]
    public void Complete_IdleWriter_EndsTheStreamAtOnce()
    {
        var sending = new Sending();
        sending.Sender.Complete();
        Assert.Null(sending.Read());
        Assert.Equal([null], sending.Ends);
    }

    [Fact]
    public void Abort_FlushStuck_ReturnsAndDropsWhatWaits()
    {
        Sending sending = Sending.Stuck();
        var waiting = new Outgoing();
        sending.Send("b", waiting);

        sending.Sender.Abort();
        sending.Sender.Abort();

        Assert.Equal((0, 1), (waiting.Asked, waiting.DroppedCount));
        Assert.Equal([null], sending.Ends);
        Assert.Equal(SendResult.Closed, sending.Send("c"));
        Assert.Equal("1:a,", sending.Read());
        Assert.Null(sending.Read());
    }

    [Fact]
    public void Abort_CompletingBehindAStuckFlush_DropsWhatWaits()
    {
        Sending sending = Sending.Stuck();
        var waiting = new Outgoing();
        sending.Send("b", waiting);
        sending.Sender.Complete();
        sending.Sender.Abort();

        Assert.Equal((0, 1), (waiting.Asked, waiting.DroppedCount));
        Assert.Equal([null], sending.Ends);
    }

    [Fact]
    public void Abort_FlushStuck_CallsNobodyUnderItsLock()
    {
        Sending sending = Sending.Stuck();
        SendResult? elsewhere = null;
        sending.Send("b", new Outgoing(onDropped: () =>
            elsewhere = Task.Run(() => sending.Send("c")).WaitAsync(TimeSpan.FromSeconds(5)).GetAwaiter().GetResult()));

        sending.Sender.Abort();

        Assert.Equal(SendResult.Closed, elsewhere);
    }

    [Fact]
    public void Abort_FromInsideTryHandOver_EndsAfterTheBatch()
    {
        Sending sending = Sending.Stuck();
        var late = new Outgoing();
        sending.Send("b", new Outgoing(() =>
        {
            sending.Send("c", late);
            sending.Sender.Abort();
            Assert.Empty(sending.Ends);
            return true;
        }));

        Assert.Equal("1:a,", sending.Read());
        Assert.Equal([null], sending.Ends);
        Assert.Equal((0, 1), (late.Asked, late.DroppedCount));
    }

    [Fact]
    public void Flush_Throws_EndsOnceWithTheFailure()
    {
        Sending sending = Sending.Stuck();
        var waiting = new Outgoing();
        sending.Send("b", waiting);
        var reset = new IOException("reset");

        sending.Far.Complete(reset);

        Assert.Same(reset, Assert.Single(sending.Ends));
        Assert.Equal(SendResult.Closed, sending.Send("c"));
        Assert.Equal(1, waiting.DroppedCount + waiting.Asked);
    }

    [Fact]
    public void Flush_PeerTakesNoMore_EndsWithAFailure()
    {
        var sending = new Sending();
        sending.Far.Complete();
        sending.Send("a");
        Assert.IsType<IOException>(Assert.Single(sending.Ends));
        Assert.Equal(SendResult.Closed, sending.Send("b"));
    }

    [Fact]
    public void HandOver_Throws_TheRestOfTheBatchIsDropped()
    {
        Sending sending = Sending.Stuck();
        var fault = new InvalidOperationException("faulty");
        var rest = new Outgoing();
        var later = new Outgoing();
        sending.Send("b", new Outgoing(() =>
        {
            sending.Send("d", later);
            throw fault;
        }));
        sending.Send("c", rest);

        sending.Read();

        Assert.Same(fault, Assert.Single(sending.Ends));
        Assert.Equal((0, 1), (rest.Asked, rest.DroppedCount));
        Assert.Equal((0, 1), (later.Asked, later.DroppedCount));
    }

    [Fact]
    public void Completion_Throws_WhatWaitsIsDroppedAllTheSame()
    {
        var fault = new IOException("the last bytes did not leave");
        Sending sending = Sending.Stuck(around: writer => new FaultyCompletion(writer, fault));
        var waiting = new Outgoing();
        sending.Send("b", waiting);

        sending.Sender.Abort();

        Assert.Equal(1, waiting.DroppedCount);
        Assert.Same(fault, Assert.Single(sending.Ends));
    }

    [Fact]
    public void Abort_RacesWithASend_EachFrameIsHandedOverOrDroppedOnce() => Race.Run(
        5000,
        () => (Sending: new Sending(), Frame: new Outgoing(), Results: new SendResult[1]),
        round => round.Results[0] = round.Sending.Send("a", round.Frame),
        round => round.Sending.Sender.Abort(),
        round =>
        {
            int told = round.Frame.Asked + round.Frame.DroppedCount;
            Assert.Equal(round.Results[0] == SendResult.Queued ? 1 : 0, told);
            Assert.Equal(round.Frame.Asked == 1 ? "1:a," : null, round.Sending.Read());
            Assert.Equal([null], round.Sending.Ends);
        });

    [Fact]
    public void TrySend_ThePipeEndsItsOutputUnderTheWriter_EndsAsALostConnection()
    {
        var pipe = new Pipe();
        var ends = new List<Exception?>();
        var sender = new FrameSender(new EndsUnderTheWriter(pipe), 1024, ends.Add);

        sender.TrySend(Sending.Netstring("a"), null);

        Assert.IsType<IOException>(Assert.Single(ends));
        Assert.Equal(SendResult.Closed, sender.TrySend(Sending.Netstring("b"), null));
    }

    /// <summary>As a socket's pipe whose send fails on another thread, while the writer copies.</summary>
    private sealed class EndsUnderTheWriter(Pipe pipe) : PipeWriter
    {
        public override void Advance(int bytes) => pipe.Writer.Advance(bytes);

        public override void CancelPendingFlush() => pipe.Writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => pipe.Writer.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => pipe.Writer.FlushAsync(cancellationToken);

        public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public override Span<byte> GetSpan(int sizeHint = 0)
        {
            Span<byte> span = pipe.Writer.GetSpan(sizeHint);
            pipe.Writer.Complete(new IOException("reset"));
            pipe.Reader.Complete();
            return span;
        }
    }

    private sealed class FaultyCompletion(PipeWriter writer, Exception fault) : PipeWriter
    {
        public override void Advance(int bytes) => writer.Advance(bytes);

        public override void CancelPendingFlush() => writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => throw fault;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => writer.FlushAsync(cancellationToken);

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);
    }
}
