using System.Buffers;
using BenchmarkDotNet.Attributes;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Bench;

/// <summary>A payload that is there already, as a netstring; the floor copies it and puts nothing around it.</summary>
[MemoryDiagnoser]
public class NetstringWrite
{
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private readonly FrameBuffer _buffer = FrameBuffer.Rent();
    private byte[] _payload = [];

    /// <summary>The payload's length.</summary>
    [Params(120, 4000)]
    public int PayloadBytes { get; set; }

    /// <summary>Makes the payload.</summary>
    [GlobalSetup]
    public void Make() => _payload = new byte[PayloadBytes];

    /// <summary>The payload alone.</summary>
    [Benchmark(Baseline = true)]
    public int Copy()
    {
        _output.ResetWrittenCount();
        _output.Write(_payload);
        return _output.WrittenCount;
    }

    /// <summary>The length first.</summary>
    [Benchmark]
    public int LengthFirst()
    {
        _output.ResetWrittenCount();
        NetstringWriter.Write(_output, _payload);
        return _output.WrittenCount;
    }

    /// <summary>The length put in front afterwards.</summary>
    [Benchmark]
    public int LengthPatched()
    {
        _buffer.Reset();
        _buffer.Append(_payload);
        return _buffer.Complete().Length;
    }
}
