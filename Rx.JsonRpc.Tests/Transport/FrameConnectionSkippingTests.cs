using System.Text;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class FrameConnectionSkippingTests
{
    private static readonly string Payload = $"{new string('a', 300)}{new string('b', 300)}";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TestScheduler _clock = new();
    private readonly List<string> _seen = [];
    private Exception? _error;
    private bool _completed;
    private InMemoryConnection? _far;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(10_000)]
    public void Frames_OneAboveTheLimit_PassesByAndTheOthersAreSeen(int step)
    {
        Open();
        Receive($"1:a,600:{Payload},1:b,600:{Payload},2:cc,", step);

        Assert.Equal(["a", "skipped 600", "b", "skipped 600", "cc"], _seen);
        Assert.Null(_error);
    }

    [Theory]
    [InlineData("1:a,1234567890", 13, "after 9 digits")]
    [InlineData("1:a,101x", 7, "expected a digit or ':'")]
    public void Frames_AboveTheLimitAndMalformed_AreAViolation(string bytes, long offset, string said)
    {
        Open();
        Receive(bytes, 1);

        var violation = Assert.IsType<ProtocolViolationException>(_error);
        Assert.Equal(offset, violation.Offset);
        Assert.Contains(said, violation.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public void Frames_SkippedOneHasNoComma_AreAViolationAtThatByte(int step)
    {
        Open();
        Receive($"1:a,600:{Payload}X", step);

        var violation = Assert.IsType<ProtocolViolationException>(_error);
        Assert.Equal(4 + 4 + 600, violation.Offset);
        Assert.Contains("'X'", violation.Message);
        Assert.Equal(["a"], _seen);
    }

    [Theory]
    [InlineData("600:")]
    [InlineData("600:abc")]
    [InlineData("1:a,600")]
    public void Frames_EndInsideASkippedOne_IsALostConnection(string bytes)
    {
        Open();
        Receive(bytes, 100);
        _far!.Output.Complete();

        Assert.Contains("inside a frame", Assert.IsType<ConnectionLostException>(_error).Message);
        Assert.False(_completed);
    }

    [Theory]
    [InlineData("5:abc")]
    [InlineData("5")]
    [InlineData("600:abc")]
    [InlineData("1:a,5:abc")]
    public void FrameTimeout_FrameBegunAndNotEnded_EndsTheConnectionAtTheLimit(string bytes)
    {
        Open();
        _clock.AdvanceBy(TimeSpan.FromSeconds(100).Ticks);
        Receive(bytes, 100);
        Advance(Limit - TimeSpan.FromTicks(1));
        Assert.Null(_error);

        Advance(TimeSpan.FromTicks(1));

        Assert.Contains("FrameTimeout", Assert.IsType<ConnectionLostException>(_error).Message);
    }

    [Theory]
    [InlineData("600:")]
    [InlineData("90:")]
    public void FrameTimeout_BytesComeNowAndThen_CountsFromTheFirstOne(string header)
    {
        Open();
        Receive(header, 100);
        for (int i = 0; i < 29; i++)
        {
            Advance(TimeSpan.FromSeconds(1));
            Receive("x", 1);
        }
        Assert.Null(_error);

        Advance(TimeSpan.FromSeconds(1));

        Assert.IsType<ConnectionLostException>(_error);
    }

    [Fact]
    public void FrameTimeout_EachFrameInTime_IsNotTheirSum()
    {
        Open();
        for (int i = 0; i < 10; i++)
        {
            Receive(i == 0 ? "1:" : "a,1:", 100);
            Advance(Limit - TimeSpan.FromTicks(1));
        }
        Receive("a,", 100);
        Advance(TimeSpan.FromDays(100));

        Assert.Equal(9 + 1, _seen.Count);
        Assert.Null(_error);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(0)]
    public void FrameTimeout_Long_IsKept(int days)
    {
        TimeSpan limit = days == 0 ? TimeSpan.MaxValue : TimeSpan.FromDays(days);
        Open(limit);
        Receive("5:abc", 100);
        Advance(TimeSpan.FromDays(60) - TimeSpan.FromTicks(1));
        Assert.Null(_error);

        Advance(TimeSpan.FromTicks(1));

        Assert.Equal(days == 0, _error is null);
    }

    [Fact]
    public void FrameTimeout_ConnectionHasEnded_NothingIsLeftOnTheClock()
    {
        FrameConnection connection = Open();
        Receive("5:abc", 100);
        connection.Dispose();
        Advance(TimeSpan.FromDays(1));

        Assert.Null(_error);
    }

    [Fact]
    public void FrameTimeout_FrameIsThereAndItsObserverTakesLong_IsKept()
    {
        Open(observed: () => Advance(TimeSpan.FromMinutes(1)));
        Receive("3:ab", 100);
        Receive("c,", 100);

        Receive("1:d,", 100);

        Assert.Null(_error);
        Assert.Equal(["abc", "d"], _seen);
    }

    private FrameConnection Open(TimeSpan? limit = null, Action? observed = null)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(new InMemoryEndPoint("near"), new InMemoryEndPoint("far"));
        _far = far;
        var connection = new FrameConnection(near, new FrameConnectionOptions { MaxFrameBytes = 100 }, "far")
        {
            FrameTimeout = (_clock, limit ?? Limit, "FrameTimeout"),
            Skipped = frame => _seen.Add($"skipped {frame.Length}"),
        };
        connection.Frames.Subscribe(
            frame =>
            {
                _seen.Add(Encoding.Latin1.GetString(System.Buffers.BuffersExtensions.ToArray(frame.Payload)));
                observed?.Invoke();
            },
            error => _error = error,
            () => _completed = true);
        return connection;
    }

    private void Receive(string bytes, int step)
    {
        foreach (byte[] piece in Encoding.Latin1.GetBytes(bytes).Chunk(step)) Assert.True(_far!.Output.WriteAsync(piece).IsCompleted);
    }

    private void Advance(TimeSpan time) => _clock.AdvanceBy(time.Ticks);
}
