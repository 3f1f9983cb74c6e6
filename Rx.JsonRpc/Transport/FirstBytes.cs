using System.Buffers;
using System.Text;

namespace Rx.JsonRpc.Transport;

/// <summary>Guesses what a peer speaks that does not speak netstrings.</summary>
internal static class FirstBytes
{
    private const int Shown = 16;
    private static readonly string[] HttpStarts = ["HTTP/", "GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "PRI * HTTP/2"];

    public static string Describe(in ReadOnlySequence<byte> bytes)
    {
        byte[] first = bytes.Slice(0, Math.Min(Shown, bytes.Length)).ToArray();
        string text = Encoding.Latin1.GetString(first);
        string? protocol = Guess(first, text);
        string shown = string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\x{(int)c:x2}"));
        return protocol is null ? $"'{shown}'" : $"'{shown}', which looks like {protocol}";
    }

    private static string? Guess(byte[] first, string text)
    {
        // A TLS record starts with its type (21 alert, 22 handshake) and the version 3.x (RFC 8446, section 5.1).
        if (first is [21 or 22, 3, ..]) return "TLS";
        if (HttpStarts.Any(start => text.StartsWith(start, StringComparison.OrdinalIgnoreCase))) return "HTTP";
        if (text.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)) return "Content-Length header framing";
        if (first is [(byte)'{' or (byte)'[', ..]) return "JSON without netstring framing";
        if (first is [0, ..]) return "binary length framing";
        return null;
    }
}
