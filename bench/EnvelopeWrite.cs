using System.Buffers;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Bench;

/// <summary>
/// A request as a netstring, in two ways: written once with the length put in front afterwards, or counted in a first pass and then
/// written behind its length.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class EnvelopeWrite
{
    private const int MaxFrameBytes = 4 * 1024 * 1024;

    private static readonly byte[] Prefix = MethodName.RequestPrefix("get_user");

    private readonly IJsonRpcSerializer _serializer = SystemTextJsonSerializer.Instance;
    private readonly FrameBuffer _buffer = FrameBuffer.Rent();
    private readonly CountingWriter _counting = new();
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private long _id;

    /// <summary>Fails when the two ways do not write the same bytes.</summary>
    [GlobalSetup]
    public void Check()
    {
        _id = 1000;
        Patch(Batch.Typical, SampleJson.Default.Batch);
        byte[] patched = _buffer.Complete().ToArray();
        _id = 1000;
        Count(Batch.Typical, SampleJson.Default.Batch);
        if (!_output.WrittenSpan.SequenceEqual(patched)) throw new InvalidOperationException("The two ways differ.");
    }

    /// <summary>About 140 bytes.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("140 bytes")]
    public int SmallPatched() => Patch(Lookup.Typical, SampleJson.Default.Lookup);

    /// <summary>About 140 bytes.</summary>
    [Benchmark, BenchmarkCategory("140 bytes")]
    public int SmallCounted() => Count(Lookup.Typical, SampleJson.Default.Lookup);

    /// <summary>About 2.7 KB.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("2.7 KB")]
    public int LargePatched() => Patch(Batch.Typical, SampleJson.Default.Batch);

    /// <summary>About 2.7 KB.</summary>
    [Benchmark, BenchmarkCategory("2.7 KB")]
    public int LargeCounted() => Count(Batch.Typical, SampleJson.Default.Batch);

    private int Patch<T>(T parameters, JsonTypeInfo<T> typeInfo)
    {
        _buffer.Reset();
        RequestWriter.WriteRequest(_buffer, "get_user", Prefix, ++_id, parameters, typeInfo, _serializer, MaxFrameBytes);
        return _buffer.Complete().Length;
    }

    private int Count<T>(T parameters, JsonTypeInfo<T> typeInfo)
    {
        _counting.Reset();
        Write(_counting, ++_id, parameters, typeInfo);
        _output.ResetWrittenCount();
        Span<byte> header = _output.GetSpan(NetstringWriter.MaxHeaderBytes);
        _counting.Count.TryFormat(header, out int digits, default, CultureInfo.InvariantCulture);
        header[digits] = (byte)':';
        _output.Advance(digits + 1);
        Write(_output, _id, parameters, typeInfo);
        _output.Write(","u8);
        return _output.WrittenCount;
    }

    private void Write<T>(IBufferWriter<byte> output, long id, T parameters, JsonTypeInfo<T> typeInfo)
    {
        output.Write(Prefix);
        output.Write(",\"params\":"u8);
        _serializer.Write(output, parameters, typeInfo);
        output.Write(",\"id\":"u8);
        Span<byte> digits = output.GetSpan(20);
        id.TryFormat(digits, out int count, default, CultureInfo.InvariantCulture);
        output.Advance(count);
        output.Write("}"u8);
    }
}
