using System.Text;
using CsCheck;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Transport;

public class FrameConnectionReadingTests
{
    [Fact]
    public void Frames_AnySegmentation_AreTheSame() =>
        Gen.Select(Gen.String[Gen.Char['\0', '\u00ff'], 0, 40].Array[1, 8], Gen.Int[1, 30]).Sample((payloads, step) =>
        {
            var wire = new Wire();
            byte[] bytes = Encoding.Latin1.GetBytes(string.Concat(payloads.Select(payload => $"{payload.Length}:{payload},")));
            foreach (byte[] piece in bytes.Chunk(step)) wire.Receive(piece);
            wire.Far.Output.Complete();

            Assert.Equal(payloads, wire.Frames);
            Assert.True(wire.Completed);
            wire.AssertReleased();
        });

    [Fact]
    public void Frames_SlowDrip_ArriveWithTheirLastByte()
    {
        var wire = new Wire();
        foreach (char c in "5:hello") wire.Receive(c.ToString());
        Assert.Empty(wire.Frames);
        wire.Receive(",");
        Assert.Equal(["hello"], wire.Frames);
    }

    [Fact]
    public void Frames_CameBeforeTheSubscription_AreSeen()
    {
        var wire = new Wire(subscribe: false);
        wire.Receive("1:a,1:b,");
        wire.Subscribe();
        Assert.Equal(["a", "b"], wire.Frames);
    }

    [Fact]
    public void Frames_SecondSubscriber_FailsAndDisturbsNobody()
    {
        var wire = new Wire();
        Exception? error = null;
        wire.Connection.Frames.Subscribe(_ => { }, failure => error = failure).Dispose();

        Assert.IsType<InvalidOperationException>(error);
        wire.Receive("1:a,");
        Assert.Equal(["a"], wire.Frames);
    }

    [Fact]
    public void Frames_SubscribedAfterDispose_FailAtOnce()
    {
        var wire = new Wire(subscribe: false);
        wire.Connection.Dispose();
        wire.AssertReleased();
        wire.Subscribe();
        Assert.IsType<InvalidOperationException>(wire.Error);
        wire.AssertReleased();
    }

    [Fact]
    public void TrySend_FromInsideOnNext_IsAllowed()
    {
        var wire = new Wire();
        wire.OnFrame = frame => Assert.True(wire.Connection.TrySend(Encoding.Latin1.GetBytes(frame + frame)));
        wire.Receive("1:a,1:b,");

        Assert.True(wire.Far.Input.TryRead(out System.IO.Pipelines.ReadResult read));
        Assert.Equal("2:aa,2:bb,", Encoding.Latin1.GetString(System.Buffers.BuffersExtensions.ToArray(read.Buffer)));
    }

    [Fact]
    public void Dispose_RacesWithFramesAndTheEnd_ReleasesOnceAndKeepsTheGrammar() => Race.Run(
        3000,
        () => new Wire(),
        wire =>
        {
            wire.Receive("1:a,1:b,");
            wire.Far.Output.Complete();
        },
        wire => wire.Connection.Dispose(),
        wire => wire.AssertReleasedInTheEnd());

    [Fact]
    public void Dispose_RacesWithTheSubscription_ReleasesOnce() => Race.Run(
        3000,
        () => new Wire(subscribe: false),
        wire => wire.Subscribe(),
        wire => wire.Connection.Dispose(),
        wire => wire.AssertReleasedInTheEnd());

    [Fact]
    public void Dispose_RacesWithSends_CompletesTheOutputAfterTheLastOfThem() => Race.Run(
        3000,
        () => new Wire(),
        wire =>
        {
            for (int i = 0; i < 5 && wire.Connection.TrySend("payload"u8); i++)
            {
            }
        },
        wire => wire.Far.Output.Complete(),
        wire => wire.AssertReleasedInTheEnd());
}
