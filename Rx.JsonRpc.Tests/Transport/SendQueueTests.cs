using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class SendQueueTests
{
    [Fact]
    public void TrySend_IdleWriter_LeavesAtOnce()
    {
        var sending = new Sending();
        Assert.Equal(SendResult.Queued, sending.Send("hello"));
        Assert.Equal("5:hello,", sending.Read());
    }

    [Fact]
    public void TrySend_BoundReached_IsRefusedUntilTheQueueHasLeft()
    {
        Sending sending = Sending.Stuck(maxQueuedBytes: 8);
        Assert.Equal(SendResult.Queued, sending.Send("b"));
        Assert.Equal(SendResult.Queued, sending.Send("c"));
        Assert.Equal(SendResult.QueueFull, sending.Send("d"));

        Assert.Equal("1:a,", sending.Read());
        Assert.Equal(SendResult.Queued, sending.Send("e"));
        Assert.Equal("1:b,1:c,", sending.Read());
        Assert.Equal("1:e,", sending.Read());
    }

    [Theory]
    [InlineData("", "1:b,1:c,1:d,")]
    [InlineData("b", "1:c,1:d,")]
    [InlineData("c", "1:b,1:d,")]
    [InlineData("d", "1:b,1:c,")]
    [InlineData("bd", "1:c,")]
    [InlineData("bcd", "")]
    public void TryHandOver_False_NoneOfTheFramesBytesAreWritten(string withdrawn, string left)
    {
        Sending sending = Sending.Stuck();
        foreach (char name in "bcd")
        {
            bool wanted = !withdrawn.Contains(name);
            sending.Send(name.ToString(), new Outgoing(() => wanted));
        }

        Assert.Equal("1:a,", sending.Read());
        Assert.Equal(left, sending.Read());
    }

    [Fact]
    public void TryHandOver_IsAskedOnceAndNotBeforeTheWriterIsThere()
    {
        Sending sending = Sending.Stuck();
        var outgoing = new Outgoing();
        sending.Send("b", outgoing);
        Assert.Equal(0, outgoing.Asked);

        sending.Read();
        Assert.Equal(1, outgoing.Asked);
        Assert.Equal(0, outgoing.DroppedCount);
    }

    [Fact]
    public void TrySend_LargerThanTheKeptMemory_ArrivesWhole()
    {
        var sending = new Sending(pauseAt: 4 * 1024 * 1024);
        string large = new('x', 600_000);
        sending.Send(large);
        sending.Send("after");
        Assert.Equal($"600000:{large},5:after,", sending.Read());
    }

    [Fact]
    public async Task TrySend_FromTheInlinePeer_NeitherRecursesNorLoses()
    {
        const int Frames = 20_000;
        var sending = new Sending();
        int seen = 0;
        Task reading = Receive(sending.Far, _ =>
        {
            if (++seen < Frames) sending.Send($"{seen}");
            else sending.Sender.Complete();
        });

        sending.Send("0");
        await reading.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Frames, seen);
    }

    [Fact]
    public async Task TrySend_ManyThreads_EachFrameArrivesOnceWholeAndInItsThreadsOrder()
    {
        const int Threads = 4;
        const int Each = 5000;
        var sending = new Sending(pauseAt: 512, maxQueuedBytes: 64 * 1024 * 1024);
        var next = new int[Threads];
        Task reading = Receive(sending.Far, frame =>
        {
            string[] parts = frame.Split(' ');
            Assert.Equal(next[int.Parse(parts[0])]++, int.Parse(parts[1]));
        });

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++) Assert.Equal(SendResult.Queued, sending.Send($"{thread} {i}"));
        }))).WaitAsync(TimeSpan.FromSeconds(30));
        sending.Sender.Complete();
        await reading.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(Enumerable.Repeat(Each, Threads), next);
        Assert.Equal([null], sending.Ends);
    }

    private static async Task Receive(PipeReader reader, Action<string> onFrame)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (NetstringReader.Read(ref buffer, 1024, out ReadOnlySequence<byte> payload, out _) == NetstringStatus.Frame)
            {
                onFrame(Encoding.UTF8.GetString(payload));
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (!read.IsCompleted) continue;
            Assert.True(buffer.IsEmpty);
            return;
        }
    }
}
