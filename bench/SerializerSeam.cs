using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Bench;

/// <summary>What <see cref="IJsonRpcSerializer"/> puts on top of System.Text.Json; the floor is the serializer called directly.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class SerializerSeam
{
    private readonly IJsonRpcSerializer _seam = SystemTextJsonSerializer.Instance;
    private readonly CountingWriter _output = new();
    private readonly Utf8JsonWriter _writer;
    private readonly ReadOnlySequence<byte> _json = new(JsonSerializer.SerializeToUtf8Bytes(Lookup.Typical, SampleJson.Default.Lookup));

    /// <summary>Makes the writer that the floor uses again and again.</summary>
    public SerializerSeam() => _writer = new Utf8JsonWriter(_output);

    /// <summary>System.Text.Json, its writer kept.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("write")]
    public int WriteDirectly()
    {
        _output.Reset();
        _writer.Reset(_output);
        JsonSerializer.Serialize(_writer, Lookup.Typical, SampleJson.Default.Lookup);
        _writer.Flush();
        return _output.Count;
    }

    /// <summary>Through the seam.</summary>
    [Benchmark, BenchmarkCategory("write")]
    public int WriteThroughTheSeam()
    {
        _output.Reset();
        _seam.Write(_output, Lookup.Typical, SampleJson.Default.Lookup);
        return _output.Count;
    }

    /// <summary>System.Text.Json, from the bytes.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("read")]
    public Lookup? ReadDirectly() => JsonSerializer.Deserialize(_json.FirstSpan, SampleJson.Default.Lookup);

    /// <summary>Through the seam.</summary>
    [Benchmark, BenchmarkCategory("read")]
    public Lookup? ReadThroughTheSeam() => _seam.Read(_json, SampleJson.Default.Lookup);
}
