using System.IO.Pipelines;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class FrameConnectionEndTests
{
    [Fact]
    public void End_BetweenTwoFrames_Completes()
    {
        var wire = new Wire();
        wire.Receive("1:a,");
        wire.Far.Output.Complete();
        Assert.True(wire.Completed);
        wire.AssertReleased();
    }

    [Theory]
    [InlineData("1")]
    [InlineData("5:")]
    [InlineData("5:hel")]
    [InlineData("5:hello")]
    [InlineData("1:a,5:hello")]
    public void End_InsideAFrame_IsALoss(string bytes)
    {
        var wire = new Wire();
        wire.Receive(bytes);
        wire.Far.Output.Complete();
        Assert.Contains("inside a frame", Assert.IsType<ConnectionLostException>(wire.Error).Message);
        wire.AssertReleased();
    }

    [Fact]
    public void End_PeerResets_IsALossThatSaysWhy()
    {
        var wire = new Wire();
        wire.Far.Abort(new IOException("reset by peer"));
        Assert.Contains("reset by peer", Assert.IsType<ConnectionLostException>(wire.Error).Message);
        wire.AssertReleased();
    }

    [Fact]
    public void End_PeerResetsBeforeTheSubscription_IsALoss()
    {
        var wire = new Wire(subscribe: false);
        wire.Far.Abort(new IOException("reset by peer"));
        Assert.False(wire.Connection.TrySend("lost"u8) && wire.Connection.TrySend("lost"u8));
        wire.Subscribe();
        Assert.IsType<ConnectionLostException>(wire.Error);
        wire.AssertReleased();
    }

    [Fact]
    public void End_DisposingThePipeThrows_IsToldAllTheSame()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(new InMemoryEndPoint("near"), new InMemoryEndPoint("far"));
        var released = new List<Exception?>();
        var connection = new FrameConnection(new ThrowsOnDispose(near)) { Released = released.Add };
        bool completed = false;
        connection.Frames.Subscribe(_ => { }, () => completed = true);

        far.Output.Complete();

        Assert.True(completed);
        Assert.IsType<NotSupportedException>(Assert.Single(released));
    }

    [Fact]
    public void OnNext_Throws_ClosesTheConnectionAsLost()
    {
        var wire = new Wire { OnFrame = _ => throw new InvalidOperationException("the observer's fault") };
        wire.Receive("1:a,1:b,");
        Assert.Equal(["a"], wire.Frames);
        Assert.Contains("the observer's fault", Assert.IsType<ConnectionLostException>(wire.Error).Message);
        wire.AssertReleased();
    }

    [Fact]
    public void Dispose_InsideOnNext_NothingComesAfter()
    {
        var wire = new Wire();
        wire.OnFrame = _ => wire.Connection.Dispose();
        wire.Receive("1:a,1:b,x");
        Assert.Equal(["a"], wire.Frames);
        Assert.False(wire.Ended);
        wire.AssertReleased();
    }

    [Fact]
    public void Dispose_WhileReading_NothingComesAfter()
    {
        var wire = new Wire();
        wire.Connection.Dispose();
        wire.Connection.Dispose();
        wire.AssertReleased();
        Assert.True(wire.Far.Output.WriteAsync("1:a,"u8.ToArray()).IsCompleted);
        Assert.Empty(wire.Frames);
        Assert.False(wire.Ended);
    }

    [Fact]
    public void Dispose_PeerDoesNotRead_ReturnsAndReleases()
    {
        var wire = new Wire(new FrameConnectionOptions { MaxQueuedBytes = 200_000 });
        Assert.True(wire.Connection.TrySend(new byte[100_000]));
        Assert.True(wire.Connection.TrySend(new byte[100_000]));
        Assert.False(wire.Connection.TrySend(new byte[100_000]));
        wire.Connection.Dispose();
        wire.AssertReleased();
    }

    [Fact]
    public void Dispose_InsideTheHandOver_ReleasesAfterTheWriter()
    {
        var wire = new Wire();
        wire.Connection.TrySend(Sending.Netstring("a"), new Outgoing(() =>
        {
            wire.Connection.Dispose();
            Assert.False(wire.Pipe.OutputCompleted);
            Assert.Equal(0, wire.Pipe.Disposed);
            return true;
        }));
        wire.AssertReleased();
        Assert.False(wire.Ended);
    }

    [Fact]
    public void Write_Fails_EndsTheReadingSide()
    {
        var wire = new Wire();
        wire.Far.Input.Complete(new IOException("broken pipe"));
        wire.Connection.TrySend("a"u8);
        Assert.Contains("writing failed: broken pipe", Assert.IsType<ConnectionLostException>(wire.Error).Message);
        wire.AssertReleased();
    }

    [Fact]
    public void CompleteSending_ReadingGoesOnUntilThePeerEnds()
    {
        var wire = new Wire();
        wire.Connection.CompleteSending();
        Assert.True(wire.Pipe.OutputCompleted);
        Assert.False(wire.Connection.TrySend("a"u8));
        wire.Receive("1:a,");
        wire.Far.Output.Complete();
        Assert.Equal(["a"], wire.Frames);
        Assert.True(wire.Completed);
        wire.AssertReleased();
    }

    private sealed class ThrowsOnDispose(IDuplexPipe pipe) : IDuplexPipe, IDisposable
    {
        public PipeReader Input => pipe.Input;

        public PipeWriter Output => pipe.Output;

        public void Dispose() => throw new NotSupportedException("the connector's fault");
    }
}
