using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>One OPTIONS over UDP whose headers may hold any bytes but line ends; SIPp would not send them.</summary>
internal static class RawSip
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The final answer as it came, Latin-1.</summary>
    public static async Task<string> CallAsync(int port, string header, ReadOnlyMemory<byte> value)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int own = ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
        string front =
            $"OPTIONS sip:x@127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK-{Guid.NewGuid():N}\r\n" +
            $"From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: {Guid.NewGuid():N}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n" +
            $"Content-Length: 0\r\n{header}: ";
        byte[] request = [.. Encoding.ASCII.GetBytes(front), .. value.Span, .. "\r\n\r\n"u8];
        await socket.SendAsync(request, new IPEndPoint(IPAddress.Loopback, port));
        using var enough = new CancellationTokenSource(Patience);
        while (true)
        {
            string answer = Encoding.Latin1.GetString((await socket.ReceiveAsync(enough.Token)).Buffer);
            if (!answer.StartsWith("SIP/2.0 1", StringComparison.Ordinal)) return answer;
        }
    }
}
