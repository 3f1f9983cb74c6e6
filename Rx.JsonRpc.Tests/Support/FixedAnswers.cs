using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>
/// A server in memory that answers every call with one result and allocates nothing for it, for tests that count bytes and benchmarks.
/// </summary>
internal sealed class FixedAnswers
{
    private readonly ArrayBufferWriter<byte> _answer = new();
    private readonly byte[] _result;
    private readonly bool _atOnce;
    private PipeWriter? _output;

    private FixedAnswers(string result, bool atOnce)
    {
        _result = Encoding.UTF8.GetBytes(result);
        _atOnce = atOnce;
    }

    /// <param name="network">Where it listens.</param>
    /// <param name="endPoint">Its end point there.</param>
    /// <param name="result">The one result, in JSON.</param>
    /// <param name="atOnce">Whether it answers while it is being asked; otherwise by <see cref="Send"/>.</param>
    public static FixedAnswers Start(InMemoryNetwork network, InMemoryEndPoint endPoint, string result, bool atOnce = false)
    {
        var answers = new FixedAnswers(result, atOnce);
        _ = answers.ServeAsync(network.Listen(endPoint));
        return answers;
    }

    /// <summary>Answers what has been asked; until then the requests wait, as they do for a server that is elsewhere.</summary>
    public void Send()
    {
        if (!_output!.FlushAsync().IsCompleted) throw new InvalidOperationException("The client does not read.");
    }

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
            if (_atOnce) await pipe.Output.FlushAsync();
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
