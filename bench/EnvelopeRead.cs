using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Bench;

/// <summary>One parse of a reply, up to its id, its kind and the slice of its result; the floor looks at each token and makes nothing of it.</summary>
[MemoryDiagnoser]
public class EnvelopeRead
{
    private static readonly ReadOnlySequence<byte> Result = new(
        """{"jsonrpc":"2.0","result":{"user":"alice.example","contacts":["sip:alice@192.0.2.1:5060"],"expires":3600},"id":123456}"""u8.ToArray());

    private static readonly ReadOnlySequence<byte> Error = new(
        """{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":123456}"""u8.ToArray());

    /// <summary>The tokens of a result.</summary>
    [Benchmark(Baseline = true)]
    public long Tokens()
    {
        var reader = new Utf8JsonReader(Result.FirstSpan);
        while (reader.Read())
        {
        }
        return reader.BytesConsumed;
    }

    /// <summary>A result.</summary>
    [Benchmark]
    public long ReadResult() => Read(Result);

    /// <summary>An error, up to the slice that holds it.</summary>
    [Benchmark]
    public long ReadError() => Read(Error);

    private static long Read(in ReadOnlySequence<byte> frame)
    {
        var reader = new EnvelopeReader(frame, strict: false);
        long ids = 0;
        while (reader.TryRead(out Envelope envelope)) ids += envelope.Id;
        return ids;
    }
}
