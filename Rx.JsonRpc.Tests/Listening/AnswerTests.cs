using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Tests.Protocol;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Listening.ProtocolTests;

namespace Rx.JsonRpc.Tests.Listening;

public class AnswerTests
{
    private const string Call = """{"method":"m","id":1}""";

    [Fact]
    public void TryAnswer_Twice_OnlyTheFirstCounts()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send(Call);

        Assert.True(host.Calls[0].TryAnswer(default));
        Assert.False(host.Calls[0].TryAnswer(RawJson.Parse("2")));
        Assert.False(host.Calls[0].TryFail(new JsonRpcError(1, "late")));

        Assert.Equal(Reply("null", "1"), peer.Read());
        Assert.Null(peer.Read());
    }

    [Fact]
    public void TryAnswer_TwoThreads_ExactlyOneWins()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect();
        int wins = 0;
        var random = new Random(1);
        Race.Run(
            2_000,
            () =>
            {
                wins = 0;
                host.Calls.Clear();
                peer.Send(random.Next(2) == 0 ? Call : $"[{Call}]");
                return host.Calls[0];
            },
            call => Count(call.TryAnswer(RawJson.Parse("1"))),
            call => Count(call.TryFail(new JsonRpcError(1, "lost"))),
            _ =>
            {
                Assert.Equal(1, wins);
                Assert.NotNull(peer.Read());
                Assert.Null(peer.Read());
            });

        void Count(bool won)
        {
            if (won) Interlocked.Increment(ref wins);
        }
    }

    [Fact]
    public void TryAnswer_BatchFromTwoThreads_EachReplyOnce()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect();
        Race.Run(
            1_000,
            () =>
            {
                host.Calls.Clear();
                peer.Send($"[{Call},{Call}]");
                return host.Calls.ToArray();
            },
            calls => Assert.True(calls[0].TryAnswer(RawJson.Parse("1"))),
            calls => Assert.True(calls[1].TryAnswer(RawJson.Parse("1"))),
            _ =>
            {
                Assert.Equal($"[{Reply("1", "1")},{Reply("1", "1")}]", peer.Read());
                Assert.Null(peer.Read());
            });
    }

    [Fact]
    public void TryAnswer_Typed_WrittenByTheSerializer()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send(Call);

        Assert.True(host.Calls[0].TryAnswer([1, 2], TestJson.Default.Int32Array));

        Assert.Equal(Reply("[1,2]", "1"), peer.Read());
    }

    [Fact]
    public void TryAnswer_SerializerThrows_CallStaysOpen()
    {
        Host host = Host.Keeping(new() { Serializer = new FaultySerializer() });
        RawPeer peer = host.Connect().Send(Call);

        Assert.Throws<NotSupportedException>(() => host.Calls[0].TryAnswer(1, TestJson.Default.Int32));
        Assert.True(host.Calls[0].TryFail(new JsonRpcError(3, "sorry")));

        Assert.Equal("""{"jsonrpc":"2.0","error":{"code":3,"message":"sorry"},"id":1}""", peer.Read());
    }

    [Fact]
    public void TryAnswer_TooLong_ErrorInItsPlace()
    {
        Host host = Host.Keeping(new() { MaxFrameBytes = 200, MaxQueuedBytesPerConnection = 200 });
        RawPeer peer = host.Connect().Send(Call);

        Assert.True(host.Calls[0].TryAnswer(RawJson.Parse($"\"{new string('x', 300)}\"")));

        Assert.Equal("""{"jsonrpc":"2.0","error":{"code":-32603,"message":"The reply is too long"},"id":1}""", peer.Read());
    }

    [Fact]
    public void TryAnswer_AfterReset_IsFalseAndTokenFires()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send(Call);
        Assert.False(host.Calls[0].Disconnected.IsCancellationRequested);

        peer.Reset();

        Assert.True(host.Calls[0].Disconnected.IsCancellationRequested);
        Assert.False(host.Calls[0].TryAnswer(default));
        Assert.False(host.Calls[0].TryFail(new JsonRpcError(1, "late")));
    }

    [Fact]
    public void Disconnect_ByTheHost_ClosesThePeer()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send(Call);

        host.Calls[0].Disconnect();
        host.Calls[0].Disconnect();

        Assert.True(peer.SeesEnd);
        Assert.True(host.Calls[0].Disconnected.IsCancellationRequested);
        Assert.Equal(["Connected: accepted", "Disconnected: closed by the host"], host.Reasons);
    }

    [Fact]
    public void Disconnected_CallbackThrows_ReportedAndNothingElse()
    {
        Host host = Host.Keeping();
        RawPeer peer = host.Connect().Send(Call);
        host.Calls[0].Disconnected.Register(() => throw new InvalidOperationException("oops"));

        peer.Reset();

        Assert.IsType<AggregateException>(Assert.Single(host.Failures).Exception);
    }

    private sealed class FaultySerializer : IJsonRpcSerializer
    {
        public void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> typeInfo)
        {
            output.Write("half"u8.ToArray());
            throw new NotSupportedException();
        }

        public T? Read<T>(in ReadOnlySequence<byte> json, JsonTypeInfo<T> typeInfo) => throw new NotSupportedException();
    }
}
