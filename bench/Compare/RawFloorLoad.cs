using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>
/// The floor: one thread and one blocking socket, the same bytes out again and again, every answer read to its end and nothing done
/// about it. No client that looks at its answers can be much faster.
/// </summary>
internal sealed class RawFloorLoad : ILoad
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[1 << 18];
    private readonly byte[] _request = Workload.FixedRequest();

    // Answers come in the order of the requests, so who was sent when is a queue of bursts, the first of which is partly answered.
    private readonly Queue<(long At, int Requests)> _sent = new(1024);
    private (long At, int Requests) _burst;

    public RawFloorLoad(ServerPorts ports) => _socket.Connect(ports.EndPoint);

    public string Name => "raw-floor";

    public Task RunAsync(LoadRun run, int inFlight) =>
        Task.Factory.StartNew(() => Ask(run, inFlight), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Ask(LoadRun run, int inFlight)
    {
        byte[] requests = [.. Enumerable.Repeat(_request, inFlight).SelectMany(request => request)];
        int held = 0;
        int due = inFlight;
        int open = 0;
        while (open > 0 || !run.Over)
        {
            if (due > 0 && !run.Over)
            {
                _sent.Enqueue((Stopwatch.GetTimestamp(), due));
                SendAll(requests.AsSpan(0, due * _request.Length));
                open += due;
            }
            int received = _socket.Receive(_received.AsSpan(held));
            if (received == 0) throw new IOException("The server has closed the connection.");
            due = ReadAnswers(ref held, received);
            open -= due;
            Tell(run, due);
        }
    }

    private void Tell(LoadRun run, int answers)
    {
        long now = Stopwatch.GetTimestamp();
        while (answers > 0)
        {
            if (_burst.Requests == 0) _burst = _sent.Dequeue();
            int ended = Math.Min(answers, _burst.Requests);
            run.Ended(_burst.At, now, ended);
            _burst.Requests -= ended;
            answers -= ended;
        }
    }

    private int ReadAnswers(ref int held, int received)
    {
        int filled = held + received;
        var buffer = new ReadOnlySequence<byte>(_received, 0, filled);
        int answers = 0;
        while (NetstringReader.Read(ref buffer, 1 << 20, out ReadOnlySequence<byte> payload, out _) == NetstringStatus.Frame)
        {
            var reader = new Utf8JsonReader(payload.FirstSpan);
            while (reader.Read())
            {
            }
            answers++;
        }
        held = (int)buffer.Length;
        _received.AsSpan(filled - held, held).CopyTo(_received);
        return answers;
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[_socket.Send(bytes)..];
    }
}
