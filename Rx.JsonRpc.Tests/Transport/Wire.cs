using System.Text;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>A frame connection over a watched pipe, what its observer saw, and the far end in the test's hand.</summary>
internal sealed class Wire : IObserver<Frame>
{
    public Wire(FrameConnectionOptions? options = null, bool subscribe = true, Continuations? gathersBehind = null, bool gathersReads = false)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(new InMemoryEndPoint("near"), new InMemoryEndPoint("far"));
        Far = far;
        Pipe = new WatchedPipe(near);
        Connection = new FrameConnection(Pipe, options, "far") { GathersBehind = gathersBehind, GathersReads = gathersReads };
        if (subscribe) Subscribe();
    }

    public InMemoryConnection Far { get; }

    public WatchedPipe Pipe { get; }

    public FrameConnection Connection { get; }

    public List<string> Frames { get; } = [];

    public Exception? Error { get; private set; }

    public bool Completed { get; private set; }

    public Action<string> OnFrame { get; set; } = _ => { };

    public bool Ended => Error is not null || Completed;

    public void Subscribe() => Connection.Frames.CheckGrammar().Subscribe(this);

    public void Receive(string bytes) => Receive(Encoding.Latin1.GetBytes(bytes));

    public void Receive(ReadOnlyMemory<byte> bytes) => Assert.True(Far.Output.WriteAsync(bytes).IsCompleted);

    /// <summary>What has been sent since the last look.</summary>
    public string Sent() => Far.Input.TakeText();

    public void AssertReleased()
    {
        Assert.True(Pipe.InputCompleted);
        Assert.True(Pipe.OutputCompleted);
        Assert.Equal(1, Pipe.Disposed);
        Assert.True(Pipe.DisposedInTime);
        Assert.False(Connection.TrySend([]));
    }

    public void AssertReleasedInTheEnd()
    {
        Pipe.Gone.GetAwaiter().GetResult();
        AssertReleased();
    }

    public void OnNext(Frame frame)
    {
        string text = Encoding.Latin1.GetString(frame.Payload);
        Frames.Add(text);
        OnFrame(text);
    }

    public void OnError(Exception error) => Error = error;

    public void OnCompleted() => Completed = true;
}
