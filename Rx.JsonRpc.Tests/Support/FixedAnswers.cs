using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>A server in memory that answers every call with one result and allocates nothing for it, for tests that count bytes.</summary>
internal sealed class FixedAnswers
{
    private readonly ArrayBufferWriter<byte> _answer = new();
    private readonly byte[] _result;
    private PipeWriter? _output;

    private FixedAnswers(string result) => _result = Encoding.UTF8.GetBytes(result);

    public static FixedAnswers Start(InMemoryNetwork network, InMemoryEndPoint endPoint, string result)
    {
        var answers = new FixedAnswers(result);
        _ = answers.ServeAsync(network.Listen(endPoint));
        return answers;
    }

    /// <summary>Answers what has been asked; until then the requests wait, as they do for a server that is elsewhere.</summary>
    public void Send() => Assert.True(_output!.FlushAsync().IsCompleted);

    private async Task ServeAsync(IAcceptor acceptor)
    {
        IDuplexPipe pipe = (await acceptor.AcceptAsync())!.Pipe;
        _output = pipe.Output;
        while (true)
        {
            ReadResult read = await pipe.Input.ReadAsync();
            ReadOnlySequence<byte> rest = read.Buffer;
            while (NetstringReader.Read(ref rest, 1 << 16, out ReadOnlySequence<byte> call, out _) == NetstringStatus.Frame) Answer(pipe.Output, call);
            pipe.Input.AdvanceTo(rest.Start, read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }

    private void Answer(PipeWriter output, in ReadOnlySequence<byte> call)
    {
        var reader = new EnvelopeReader(call, strict: true);
        if (!reader.TryRead(out Envelope envelope)) throw new InvalidOperationException("not a call");
        _answer.ResetWrittenCount();
        _answer.Write("""{"jsonrpc":"2.0","result":"""u8);
        _answer.Write(_result);
        _answer.Write(""","id":"""u8);
        Span<byte> digits = _answer.GetSpan(20);
        envelope.Id.TryFormat(digits, out int count);
        _answer.Advance(count);
        _answer.Write("}"u8);
        NetstringWriter.Write(output, _answer.WrittenSpan);
    }
}
