using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Listening;

/// <summary>A peer in the in-memory network that says and hears single frames, all on the calling thread.</summary>
internal sealed class RawPeer
{
    private readonly InMemoryConnection _connection;

    private RawPeer(InMemoryConnection connection) => _connection = connection;

    /// <summary>Whether the listener has ended its side, with everything read.</summary>
    public bool SeesEnd
    {
        get
        {
            try
            {
                if (!_connection.Input.TryRead(out ReadResult read)) return false;
                _connection.Input.AdvanceTo(read.Buffer.Start);
                return read.IsCompleted && read.Buffer.IsEmpty;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    public static RawPeer Connect(InMemoryNetwork network, InMemoryEndPoint endPoint) =>
        new((InMemoryConnection)network.ConnectAsync(endPoint).AsTask().GetAwaiter().GetResult());

    public RawPeer Send(string payload)
    {
        NetstringWriter.Write(_connection.Output, Encoding.UTF8.GetBytes(payload));
        return Flush();
    }

    public RawPeer SendRaw(string bytes)
    {
        _connection.Output.Write(Encoding.UTF8.GetBytes(bytes));
        return Flush();
    }

    /// <summary>The next reply; null when there is none yet.</summary>
    public string? Read()
    {
        if (!_connection.Input.TryRead(out ReadResult read)) return null;
        ReadOnlySequence<byte> rest = read.Buffer;
        NetstringStatus status = NetstringReader.Read(ref rest, NetstringWriter.MaxPayloadBytes, out ReadOnlySequence<byte> payload, out _);
        string? text = status == NetstringStatus.Frame ? Encoding.UTF8.GetString(payload) : null;
        // What is not enough for a frame counts as unexamined, so that the next look sees it again.
        _connection.Input.AdvanceTo(rest.Start);
        return text;
    }

    public string? Ask(string payload) => Send(payload).Read();

    /// <summary>Says no more, but still listens.</summary>
    public void EndSending() => _connection.Output.Complete();

    public void Reset() => _connection.Abort(new IOException("reset"));

    private RawPeer Flush()
    {
        _connection.Output.FlushAsync().AsTask().Wait(TimeSpan.FromSeconds(5));
        return this;
    }
}
