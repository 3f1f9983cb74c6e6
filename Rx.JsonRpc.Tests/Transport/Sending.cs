using System.IO.Pipelines;
using System.Text;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>A sender and the far end of its pipe, both inline: what a flush waits for happens when the test reads.</summary>
internal sealed class Sending
{
    private readonly Pipe _pipe;

    public Sending(int pauseAt = 64 * 1024, int maxQueuedBytes = 1024 * 1024, Func<PipeWriter, PipeWriter>? around = null)
    {
        _pipe = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: pauseAt,
            resumeWriterThreshold: pauseAt,
            useSynchronizationContext: false));
        Sender = new FrameSender(around is null ? _pipe.Writer : around(_pipe.Writer), maxQueuedBytes, Ends.Add);
    }

    /// <summary>A sender whose first flush is stuck: <c>1:a,</c> has left and is not read.</summary>
    public static Sending Stuck(int maxQueuedBytes = 1024 * 1024, Func<PipeWriter, PipeWriter>? around = null)
    {
        var sending = new Sending(pauseAt: 1, maxQueuedBytes, around);
        sending.Send("a");
        return sending;
    }

    public FrameSender Sender { get; }

    public List<Exception?> Ends { get; } = [];

    public PipeReader Far => _pipe.Reader;

    public static byte[] Netstring(string payload)
    {
        var buffer = new FrameBuffer();
        buffer.Append(Encoding.UTF8.GetBytes(payload));
        return buffer.Complete().ToArray();
    }

    public SendResult Send(string payload, IOutgoing? outgoing = null) => Sender.TrySend(Netstring(payload), outgoing);

    /// <summary>Takes what has come in one piece; null at the end of the stream.</summary>
    public string? Read()
    {
        if (!Far.TryRead(out ReadResult read)) return "";
        string text = Encoding.UTF8.GetString(read.Buffer);
        bool over = read.IsCompleted && read.Buffer.IsEmpty;
        Far.AdvanceTo(read.Buffer.End);
        return over ? null : text;
    }
}

/// <summary>A frame whose sender writes down what it is asked and told.</summary>
internal sealed class Outgoing(Func<bool>? onHandOver = null, Action? onDropped = null) : IOutgoing
{
    private int _asked;
    private int _dropped;

    public int Asked => Volatile.Read(ref _asked);

    public int DroppedCount => Volatile.Read(ref _dropped);

    public bool TryHandOver()
    {
        Interlocked.Increment(ref _asked);
        return onHandOver?.Invoke() ?? true;
    }

    public void Dropped()
    {
        Interlocked.Increment(ref _dropped);
        onDropped?.Invoke();
    }
}
