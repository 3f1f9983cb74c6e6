using System.IO.Pipelines;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>Whether a frame leaves at once, or together with others that the same read has caused.</summary>
public class GatheringTests
{
    private readonly Later _line = new();

    [Fact]
    public void TrySend_WriterQueuesUp_WhatIsSentBeforeItsTurnLeavesTogether()
    {
        Sending sending = Queueing();
        var left = new List<string?>();
        _line.Schedule(_ => sending.Send("a"), null);
        _line.Schedule(_ => sending.Send("b"), null);
        // These stand in line before the writer and behind it.
        _line.Schedule(_ => _line.Schedule(_ => left.Add(sending.Read()), null), null);
        _line.Schedule(_ => left.Add(sending.Read()), null);

        _line.Run();

        Assert.Equal(["", "1:a,1:b,"], left);
    }

    [Fact]
    public void TrySend_WriterQueuedUpAndNoLongerDoes_KeepsItsTurnAndIsNotStartedTwice()
    {
        Sending sending = Queueing();
        sending.Send("a");
        sending.Sender.Behind = null;
        sending.Send("b");

        Assert.Equal("", sending.Read());
        _line.Run();
        Assert.Equal("1:a,1:b,", sending.Read());
        sending.Send("c");
        Assert.Equal("1:c,", sending.Read());
    }

    [Fact]
    public void TrySend_WriterQueuesUp_TheBoundHoldsUntilItsTurn()
    {
        Sending sending = Queueing(maxQueuedBytes: 8);
        sending.Send("a");
        sending.Send("b");

        Assert.Equal(SendResult.QueueFull, sending.Send("c"));
        _line.Run();
        Assert.Equal(SendResult.Queued, sending.Send("d"));
    }

    [Fact]
    public void Complete_WriterQueuedUp_SendsWhatWaitsThenEndsTheStream()
    {
        Sending sending = Queueing();
        sending.Send("a");
        sending.Sender.Complete();

        Assert.Empty(sending.Ends);
        _line.Run();

        Assert.Equal("1:a,", sending.Read());
        Assert.Null(sending.Read());
        Assert.Equal([null], sending.Ends);
    }

    [Fact]
    public void Abort_WriterQueuedUp_DropsWhatWaitsInItsTurn()
    {
        Sending sending = Queueing();
        var waiting = new Outgoing();
        sending.Send("a", waiting);
        sending.Sender.Abort();

        Assert.Equal(SendResult.Closed, sending.Send("b"));
        _line.Run();

        Assert.Equal((0, 1), (waiting.Asked, waiting.DroppedCount));
        Assert.Null(sending.Read());
        Assert.Equal([null], sending.Ends);
    }

    [Theory]
    [InlineData("1:a,1:b,", "")]
    [InlineData("1:a,1:b,1:", "")]
    [InlineData("1:a,", "2:ab,")]
    [InlineData("1:a,1:", "2:ab,")]
    [InlineData("1", "2:ab,")]
    public void TrySend_AfterARead_QueuesUpOnlyIfSeveralFramesCameInIt(string read, string leftAtOnce)
    {
        Wire wire = Gathering();
        wire.Receive(read);

        wire.Connection.TrySend("ab"u8);

        Assert.Equal(leftAtOnce, wire.Sent());
        _line.Run();
        Assert.Equal(leftAtOnce.Length == 0 ? "2:ab," : "", wire.Sent());
    }

    [Theory]
    [InlineData("1:c,", "2:ab,")]
    [InlineData("1:", "")]
    [InlineData("1:c,1:d,", "")]
    public void TrySend_AfterSeveralFramesAndAnotherRead_GoesByTheLastThatBroughtAny(string read, string leftAtOnce)
    {
        Wire wire = Gathering();
        wire.Receive("1:a,1:b,");
        wire.Receive(read);

        wire.Connection.TrySend("ab"u8);

        Assert.Equal(leftAtOnce, wire.Sent());
    }

    [Fact]
    public void TrySend_SeveralFramesInARead_LeavesAtOnceWhereNothingIsGathered()
    {
        var wire = new Wire();
        wire.Receive("1:a,1:b,");

        wire.Connection.TrySend("ab"u8);

        Assert.Equal("2:ab,", wire.Sent());
    }

    [Fact]
    public void Dispose_WriterQueuedUp_ReleasesInItsTurn()
    {
        Wire wire = Gathering();
        wire.Receive("1:a,1:b,");
        wire.Connection.TrySend("ab"u8);

        wire.Connection.Dispose();

        Assert.Equal(0, wire.Pipe.Disposed);
        Assert.False(wire.Connection.TrySend("c"u8));
        _line.Run();
        wire.AssertReleased();
        Assert.False(wire.Ended);
    }

    [Fact]
    public void IfOnThreadPool_OtherSchedulers_AreNotQueuedUpBehind()
    {
        var pool = new Continuations(PipeScheduler.ThreadPool);

        Assert.Same(pool, pool.IfOnThreadPool);
        Assert.Null(new Continuations(PipeScheduler.Inline).IfOnThreadPool);
        Assert.Null(new Continuations(_line).IfOnThreadPool);
    }

    private Sending Queueing(int maxQueuedBytes = 1024)
    {
        var sending = new Sending(maxQueuedBytes: maxQueuedBytes);
        sending.Sender.Behind = new Continuations(_line);
        return sending;
    }

    private Wire Gathering() => new(gathersBehind: new Continuations(_line));
}
