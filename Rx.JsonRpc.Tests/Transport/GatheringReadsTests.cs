using System.IO.Pipelines;
using System.Text;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>Where observers are called on the reader, what the frames of one read make them send leaves together.</summary>
public class GatheringReadsTests
{
    private readonly Wire _wire = new(gathersReads: true);
    private readonly List<string> _sentBefore = [];

    public GatheringReadsTests() => _wire.OnFrame = text =>
    {
        Assert.True(_wire.Connection.TrySend("ab"u8));
        _sentBefore.Add(_wire.Sent());
    };

    [Fact]
    public void TrySend_InsideTheOnlyFrameOfARead_LeavesAtOnce()
    {
        _wire.Receive("1:a,");

        Assert.Equal(["2:ab,"], _sentBefore);
    }

    [Fact]
    public void TrySend_InsideLaterFramesOfARead_LeavesTogetherAtItsEnd()
    {
        _wire.Receive("1:a,1:b,1:c,1:");

        Assert.Equal(["2:ab,", "", ""], _sentBefore);
        Assert.Equal("2:ab,2:ab,", _wire.Sent());
    }

    [Fact]
    public void TrySend_AfterARead_LeavesAtOnce()
    {
        _wire.Receive("1:a,1:b,");
        _wire.Sent();

        _wire.Connection.TrySend("c"u8);

        Assert.Equal("1:c,", _wire.Sent());
    }

    [Fact]
    public void TrySend_InsideManyFrames_LeavesBeforeTheLastIsObserved()
    {
        _wire.Receive(string.Concat(Enumerable.Repeat("1:a,", 70)));

        int[] at = [.. Enumerable.Range(0, 70).Where(frame => _sentBefore[frame].Length > 0)];
        // The first leaves at once, the others when the 32nd and the 64th are about to be observed, and at the end.
        Assert.Equal([0, 31, 63], at);
        Assert.Equal(70 * 5, _sentBefore.Sum(text => text.Length) + _wire.Sent().Length);
    }

    [Fact]
    public void CompleteSending_InsideALaterFrame_SendsWhatWaitedThenEndsTheStream()
    {
        ReceiveTwo(insideTheSecond: () => _wire.Connection.CompleteSending());

        Assert.Equal("2:ab,2:ab,", _wire.Sent());
        Assert.True(_wire.Far.Input.TryRead(out ReadResult read));
        Assert.True(read.IsCompleted);
    }

    [Fact]
    public void Dispose_InsideALaterFrame_DropsWhatWaited()
    {
        ReceiveTwo(insideTheSecond: () => _wire.Connection.Dispose());

        Assert.Equal("2:ab,", _wire.Sent());
        _wire.AssertReleasedInTheEnd();
    }

    [Fact]
    public void OnNext_ThrowsWhileFramesWait_EndsTheConnection()
    {
        ReceiveTwo(insideTheSecond: () => throw new InvalidOperationException("b is bad"));

        Assert.IsType<ConnectionLostException>(_wire.Error);
        _wire.AssertReleasedInTheEnd();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_RepliesComeTogether_WhatTheirObserversSendLeavesTogetherOnlyWhereTheyAreInline(bool inline)
    {
        var network = new InMemoryNetwork();
        var place = new InMemoryEndPoint("a");
        using IAcceptor acceptor = network.Listen(place);
        await using var client = new JsonRpcClient(network.ClientOptions(new ServerAddress(place)) with { Continuations = inline ? PipeScheduler.Inline : new Straight() });
        client.Start();
        IDuplexPipe far = (await acceptor.AcceptAsync())!.Pipe;
        var sentBefore = new List<string>();
        for (int i = 0; i < 3; i++)
        {
            client.Request("m").Subscribe(_ =>
            {
                client.Notify("n").Subscribe();
                sentBefore.Add(far.Input.TakeText());
            });
        }
        string[] ids = [.. far.Input.TakeText().Split("\"id\":").Skip(1).Select(text => text[..text.IndexOf('}', StringComparison.Ordinal)])];

        await far.Output.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(ids.Select(id => RawTcpServer.Netstring($$"""{"jsonrpc":"2.0","result":1,"id":{{id}}}""")))));

        string notify = RawTcpServer.Netstring("""{"jsonrpc":"2.0","method":"n"}""");
        Assert.Equal([notify, inline ? "" : notify, inline ? "" : notify], sentBefore);
        Assert.Equal(inline ? notify + notify : "", far.Input.TakeText());
    }

    private void ReceiveTwo(Action insideTheSecond)
    {
        _wire.OnFrame = text =>
        {
            _wire.Connection.TrySend("ab"u8);
            if (text == "b") insideTheSecond();
        };
        _wire.Receive("1:a,1:b,");
    }

    /// <summary>A host's own scheduler that happens to call at once; it has promised nothing.</summary>
    private sealed class Straight : PipeScheduler
    {
        public override void Schedule(Action<object?> action, object? state) => action(state);
    }
}
