using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>A server on a loopback port whose bytes a test writes by hand. Reads whole netstrings and hands their payloads to the script.</summary>
internal sealed partial class RawTcpServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<NetworkStream, string, Task> _onFrame;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private readonly List<TcpClient> _clients = [];

    public RawTcpServer(Func<NetworkStream, string, Task> onFrame, int port = 0)
    {
        _onFrame = onFrame;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public static string ReplyTo(string request, string result) => Netstring($$"""{"jsonrpc":"2.0","result":{{result}},"id":{{IdOf(request)}}}""");

    public static string Netstring(string payload) => $"{Encoding.UTF8.GetByteCount(payload)}:{payload},";

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        lock (_clients)
        {
            // A reset, as when the process is killed.
            foreach (TcpClient client in _clients) client.Client.Close(0);
        }
        await _accepting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static string IdOf(string request) => Id().Match(request).Groups[1].Value;

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                client.NoDelay = true;
                lock (_clients) _clients.Add(client);
                _ = Serve(client);
            }
        }
        // TcpListener says InvalidOperationException when it is stopped between two accepts.
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task Serve(TcpClient client)
    {
        try
        {
            NetworkStream stream = client.GetStream();
            while (await ReadFrame(stream) is { } frame) await _onFrame(stream, frame);
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException or SocketException)
        {
        }
    }

    /// <summary>The payload of the next netstring; null when the peer has closed.</summary>
    public static async Task<string?> ReadFrame(NetworkStream stream)
    {
        int length = 0;
        var one = new byte[1];
        while (true)
        {
            if (await stream.ReadAsync(one) == 0) return null;
            if (one[0] == ':') break;
            length = (length * 10) + one[0] - '0';
        }
        var payload = new byte[length + 1];
        await stream.ReadExactlyAsync(payload);
        return Encoding.UTF8.GetString(payload.AsSpan(0, length));
    }

    [GeneratedRegex("\"id\":(\\d+)}$")]
    private static partial Regex Id();
}
