using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>
/// The other process: answers every request with the same result, as fast as one blocking thread per connection can. It allocates
/// nothing, parses no more than it needs to find the id, and ends when its standard input does, so it cannot outlive who started it.
/// </summary>
internal static class FixedServer
{
    public const string Name = "compare-server";

    /// <summary>Prints its two ports in one line, then serves until its input ends.</summary>
    public static int Run()
    {
        int[] ports = [Serve(), Serve()];
        Console.WriteLine(string.Join(' ', ports.Select(port => port.ToString(CultureInfo.InvariantCulture))));
        while (Console.In.Read() >= 0)
        {
        }
        return 0;
    }

    private static int Serve()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Start(() =>
        {
            while (true)
            {
                Socket accepted = listener.Accept();
                accepted.NoDelay = true;
                Start(() => Answer(accepted));
            }
        });
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    private static void Start(Action work) => new Thread(() => work()) { IsBackground = true }.Start();

    private static void Answer(Socket socket)
    {
        byte[] requests = new byte[1 << 18];
        var answers = new ArrayBufferWriter<byte>(1 << 20);
        var payload = new ArrayBufferWriter<byte>(256);
        int held = 0;
        try
        {
            while (socket.Receive(requests.AsSpan(held)) is > 0 and var received)
            {
                int filled = held + received;
                var buffer = new ReadOnlySequence<byte>(requests, 0, filled);
                while (NetstringReader.Read(ref buffer, requests.Length / 2, out ReadOnlySequence<byte> request, out _) == NetstringStatus.Frame)
                {
                    WriteAnswer(answers, payload, IdOf(request.FirstSpan));
                }
                held = (int)buffer.Length;
                requests.AsSpan(filled - held, held).CopyTo(requests);
                for (ReadOnlySpan<byte> left = answers.WrittenSpan; left.Length > 0;) left = left[socket.Send(left)..];
                answers.ResetWrittenCount();
            }
        }
        catch (SocketException)
        {
            // The client is gone.
        }
        socket.Dispose();
    }

    private static void WriteAnswer(ArrayBufferWriter<byte> answers, ArrayBufferWriter<byte> payload, ReadOnlySpan<byte> id)
    {
        payload.ResetWrittenCount();
        payload.Write("""{"jsonrpc":"2.0","result":"""u8);
        payload.Write(Workload.Result);
        payload.Write(""","id":"""u8);
        payload.Write(id);
        payload.Write("}"u8);
        NetstringWriter.Write(answers, payload.WrittenSpan);
    }

    /// <summary>The digits of the id: the last member, as our client writes it, or the second, as StreamJsonRpc does.</summary>
    private static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> request)
    {
        ReadOnlySpan<byte> second = """{"jsonrpc":"2.0","id":"""u8;
        if (request.StartsWith(second))
        {
            ReadOnlySpan<byte> id = request[second.Length..];
            return Utf8Parser.TryParse(id, out long _, out int digits) ? id[..digits] : throw Unknown();
        }
        // A member that ends with the request is one of the outermost object's.
        ReadOnlySpan<byte> last = request[..^1];
        int start = last.LastIndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;
        return start < last.Length && last[..start].EndsWith(",\"id\":"u8) ? last[start..] : throw Unknown();
    }

    private static InvalidDataException Unknown() => new("The request has no id where this server looks for one.");
}
