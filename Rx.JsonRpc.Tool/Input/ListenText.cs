using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rx.JsonRpc.Tool.Input;

/// <summary>Reads an address to listen on: <c>127.0.0.1:9999</c>, <c>[::1]:9999</c>, <c>localhost:9999</c>, <c>unix:/path</c>.</summary>
internal static class ListenText
{
    private const string Expected = "expected for example 127.0.0.1:9999, [::1]:9999, localhost:0 (any free port) or unix:/run/x.sock";

    public static EndPoint? Read(ArgumentResult argument)
    {
        string text = argument.Tokens[^1].Value;
        if (!TryParse(text, out EndPoint? endPoint)) argument.AddError($"--listen '{text}' is no address to listen on; {Expected}");
        return endPoint;
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out EndPoint? endPoint)
    {
        endPoint = null;
        if (text.StartsWith("unix:", StringComparison.Ordinal)) return TryParsePath(text["unix:".Length..], out endPoint);
        int colon = text.LastIndexOf(':');
        if (colon <= 0) return false;
        string host = text[..colon] switch
        {
            "localhost" => "127.0.0.1",
            ['[', .. var inner, ']'] => inner,
            var other => other.Contains(':') ? "" : other,
        };
        bool read = ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port);
        if (!read || !IPAddress.TryParse(host, out IPAddress? address)) return false;
        endPoint = new IPEndPoint(address, port);
        return true;
    }

    public static bool IsReachableFromOutside(EndPoint endPoint) =>
        endPoint is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address);

    private static bool TryParsePath(string path, [NotNullWhen(true)] out EndPoint? endPoint)
    {
        try
        {
            endPoint = path.Length == 0 ? null : new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException)
        {
            // Longer than the system allows.
            endPoint = null;
        }
        return endPoint is not null;
    }
}
