using System.IO.Pipelines;
using System.Text;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class FrameSenderTests
{
    // A pipe that holds up its writer after the first byte: each flush waits until the test reads.
    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 1,
        resumeWriterThreshold: 1,
        useSynchronizationContext: false));

    private readonly List<Exception?> _ends = [];

    [Fact]
    public void TrySend_WhileAFlushIsUnderWay_LeavesTogetherInOrder()
    {
        FrameSender sender = Sender();
        foreach (string frame in new[] { "1:a,", "1:b,", "1:c," }) Assert.Equal(SendResult.Queued, Send(sender, frame));

        Assert.Equal("1:a,", Read());
        Assert.Equal("1:b,1:c,", Read());
    }

    [Fact]
    public void TrySend_MoreBytesThanMayWait_IsRefused()
    {
        FrameSender sender = Sender(maxQueuedBytes: 8);
        Send(sender, "1:a,");

        Assert.Equal(SendResult.Queued, Send(sender, "1:b,"));
        Assert.Equal(SendResult.Queued, Send(sender, "1:c,"));
        Assert.Equal(SendResult.QueueFull, Send(sender, "1:d,"));
        Assert.Equal("1:a,", Read());
        Assert.Equal(SendResult.Queued, Send(sender, "1:e,"));
    }

    [Fact]
    public void TrySend_LongerThanWhatMayWait_FitsAnEmptyQueueOnly()
    {
        FrameSender sender = Sender(maxQueuedBytes: 4);
        Send(sender, "1:a,");

        Assert.Equal(SendResult.Queued, Send(sender, "2:bb,"));
        Assert.Equal(SendResult.QueueFull, Send(sender, "1:c,"));
        Assert.Equal("1:a,", Read());
        Assert.Equal("2:bb,", Read());
    }

    [Fact]
    public void TrySend_RefusedAndThenRoom_TellsOnceEachTime()
    {
        int told = 0;
        var sender = new FrameSender(_pipe.Writer, 4, _ends.Add, () => told++);
        for (int time = 1; time <= 2; time++)
        {
            Send(sender, "1:a,");
            Send(sender, "1:b,");
            Assert.Equal(SendResult.QueueFull, Send(sender, "1:c,"));
            Assert.Equal(SendResult.QueueFull, Send(sender, "1:d,"));
            Assert.Equal(time - 1, told);
            Read();
            Assert.Equal(time, told);
            Read();
        }
        Send(sender, "1:e,");
        Read();
        Assert.Equal(2, told);
    }

    [Fact]
    public void TrySend_TakenBackWhileItWaits_IsNeverWritten()
    {
        FrameSender sender = Sender();
        Outgoing[] outgoing = [new(), new() { TakenBack = true }, new(), new() { TakenBack = true }];
        Send(sender, "1:a,");
        for (int i = 0; i < 4; i++) sender.TrySend(Encoding.ASCII.GetBytes($"1:{i},"), outgoing[i]);

        Read();

        Assert.Equal("1:0,1:2,", Read());
        Assert.Equal([1, 1, 1, 1], outgoing.Select(one => one.Asked));
    }

    [Fact]
    public void Complete_SendsWhatWaitsAndEnds()
    {
        FrameSender sender = Sender();
        Send(sender, "1:a,");
        Send(sender, "1:b,");
        sender.Complete();

        Assert.Equal(SendResult.Closed, Send(sender, "1:c,"));
        Assert.Equal("1:a,", Read());
        Assert.Equal("1:b,", Read());
        Assert.True(_pipe.Reader.TryRead(out ReadResult end) && end.IsCompleted && end.Buffer.IsEmpty);
        Assert.Null(Assert.Single(_ends));
    }

    [Fact]
    public void Abort_WhileAFlushIsStuck_DropsWhatWaits()
    {
        FrameSender sender = Sender();
        var waiting = new Outgoing();
        Send(sender, "1:a,");
        sender.TrySend("1:b,"u8, waiting);

        sender.Abort();

        Assert.Equal((0, 1), (waiting.Asked, waiting.WasDropped));
        Assert.Equal("1:a,", Read());
        Assert.True(_pipe.Reader.TryRead(out ReadResult end) && end.IsCompleted && end.Buffer.IsEmpty);
        Assert.Equal(SendResult.Closed, Send(sender, "1:c,"));
    }

    [Fact]
    public void Flush_ReaderGone_FailsOnceAndDropsWhatWaits()
    {
        FrameSender sender = Sender();
        var waiting = new Outgoing();
        Send(sender, "1:a,");
        sender.TrySend("1:b,"u8, waiting);

        _pipe.Reader.Complete();

        Assert.IsType<IOException>(Assert.Single(_ends));
        Assert.Equal(1, waiting.WasDropped);
        Assert.Equal(SendResult.Closed, Send(sender, "1:c,"));
    }

    [Fact]
    public void TrySend_FromInsideTheWriter_IsWrittenAfterwards()
    {
        FrameSender sender = Sender();
        var outgoing = new Outgoing();
        outgoing.OnAsked = () => Send(sender, "1:b,");
        sender.TrySend("1:a,"u8, outgoing);

        Assert.Equal("1:a,", Read());
        Assert.Equal("1:b,", Read());
    }

    [Fact]
    public async Task TrySend_ManyThreads_EachFrameOnceAndWhole()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4096, resumeWriterThreshold: 2048, useSynchronizationContext: false));
        var sender = new FrameSender(pipe.Writer, 1 << 20, _ends.Add);
        Task[] writers = [.. Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 2000; i++) Assert.Equal(SendResult.Queued, Send(sender, $"{thread}{i:0000}"));
        }))];
        Task<string> reading = Task.Run(() => ReadAll(pipe.Reader, 4 * 2000 * 5));
        await Task.WhenAll(writers).WaitAsync(TimeSpan.FromSeconds(30));
        string written = await reading.WaitAsync(TimeSpan.FromSeconds(30));

        string[] frames = [.. written.Chunk(5).Select(chunk => new string(chunk))];
        for (int thread = 0; thread < 4; thread++)
        {
            Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"{thread}{i:0000}"), frames.Where(frame => frame[0] == '0' + thread));
        }
    }

    private static SendResult Send(FrameSender sender, string frame) => sender.TrySend(Encoding.ASCII.GetBytes(frame), null);

    private static async Task<string> ReadAll(PipeReader reader, int length)
    {
        var all = new StringBuilder();
        while (all.Length < length)
        {
            ReadResult read = await reader.ReadAsync();
            all.Append(Encoding.ASCII.GetString(read.Buffer));
            reader.AdvanceTo(read.Buffer.End);
        }
        return all.ToString();
    }

    private FrameSender Sender(int maxQueuedBytes = 1024) => new(_pipe.Writer, maxQueuedBytes, _ends.Add);

    private string Read()
    {
        Assert.True(_pipe.Reader.TryRead(out ReadResult read));
        string text = Encoding.ASCII.GetString(read.Buffer);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    private sealed class Outgoing : IOutgoing
    {
        public bool TakenBack { get; init; }

        public Action OnAsked { get; set; } = () => { };

        public int Asked { get; private set; }

        public int WasDropped { get; private set; }

        public bool TryHandOver()
        {
            Asked++;
            OnAsked();
            return !TakenBack;
        }

        public void Dropped() => WasDropped++;
    }
}
