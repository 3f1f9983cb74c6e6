using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Text;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Bench.Limits;

/// <summary>Requests to servers in memory that answer at once: what the library costs, and nothing else.</summary>
internal sealed class InMemoryLoad
{
    private static readonly RequestPolicy Unhurried = new() { TryTimeout = TimeSpan.FromHours(1), TotalTimeout = TimeSpan.FromHours(2) };
    private static readonly RawJson Parameters = RawJson.Parse("""{"id":1234}""");

    private readonly JsonRpcClient _client;

    public InMemoryLoad(int servers, string result)
    {
        var network = new InMemoryNetwork();
        ServerAddress[] addresses = [.. Enumerable.Range(0, servers).Select(i => new ServerAddress(new InMemoryEndPoint($"s{i}")))];
        foreach (ServerAddress address in addresses) _ = AnswerAsync(network.Listen(address.EndPoint), Encoding.UTF8.GetBytes(result));
        _client = new JsonRpcClient(network.ClientOptions(addresses) with { Policy = Unhurried });
        NanosecondsPerRequest(10_000);
    }

    public double NanosecondsPerRequest(int requests)
    {
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < requests; i++)
        {
            AsyncSubject<RawJson> awaited = _client.Request("get_user", Parameters).GetAwaiter();
            if (!awaited.IsCompleted) throw new InvalidOperationException("An answer in memory is there at once.");
            awaited.GetResult();
        }
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / requests;
    }

    private static async Task AnswerAsync(IAcceptor acceptor, byte[] result)
    {
        IDuplexPipe pipe = (await acceptor.AcceptAsync())!.Pipe;
        var answer = new ArrayBufferWriter<byte>();
        while (true)
        {
            ReadResult read = await pipe.Input.ReadAsync();
            ReadOnlySequence<byte> rest = read.Buffer;
            while (NetstringReader.Read(ref rest, 1 << 16, out ReadOnlySequence<byte> call, out _) == NetstringStatus.Frame)
            {
                Write(answer, result, call);
                NetstringWriter.Write(pipe.Output, answer.WrittenSpan);
            }
            pipe.Input.AdvanceTo(rest.Start, read.Buffer.End);
            await pipe.Output.FlushAsync();
            if (read.IsCompleted) return;
        }
    }

    private static void Write(ArrayBufferWriter<byte> answer, byte[] result, in ReadOnlySequence<byte> call)
    {
        var reader = new EnvelopeReader(call, strict: true);
        if (!reader.TryRead(out Envelope envelope)) throw new InvalidOperationException("not a call");
        answer.ResetWrittenCount();
        answer.Write("""{"jsonrpc":"2.0","result":"""u8);
        answer.Write(result);
        answer.Write(""","id":"""u8);
        envelope.Id.TryFormat(answer.GetSpan(20), out int count);
        answer.Advance(count);
        answer.Write("}"u8);
    }
}
