using System.Buffers;
using System.Text;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Tests.Framing;

public class NetstringWriterTests
{
    [Theory]
    [InlineData("", "0:,")]
    [InlineData("hello", "5:hello,")]
    [InlineData("é!", "3:é!,")]
    [InlineData("0123456789", "10:0123456789,")]
    public void Write_Payload_CountsItsBytes(string payload, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        NetstringWriter.Write(output, Encoding.UTF8.GetBytes(payload));
        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Write_OutputThatGivesOutSmallPieces_WritesTheSame()
    {
        byte[] payload = Enumerable.Range(0, 100).Select(i => (byte)i).ToArray();
        var whole = new ArrayBufferWriter<byte>();
        var pieces = new StingyWriter();
        NetstringWriter.Write(whole, payload);
        NetstringWriter.Write(pieces, payload);
        Assert.Equal(whole.WrittenSpan.ToArray(), pieces.Bytes);
    }

    private sealed class StingyWriter : IBufferWriter<byte>
    {
        private byte[] _piece = [];

        public List<byte> Bytes { get; } = [];

        public void Advance(int count) => Bytes.AddRange(_piece.AsSpan(0, count));

        public Memory<byte> GetMemory(int sizeHint = 0) => _piece = new byte[Math.Max(sizeHint, 1)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
