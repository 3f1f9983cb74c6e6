using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Rx.JsonRpc.Tool.Input;

/// <summary>Reads the evapi sockets of Kamailios: <c>127.0.0.1:8448</c>, several separated by spaces.</summary>
internal static class EvapiText
{
    public static IReadOnlyList<EndPoint> Read(ArgumentResult argument)
    {
        if (TryParse(string.Join(' ', argument.Tokens.Select(token => token.Value)), out IReadOnlyList<EndPoint>? sockets, out string? error)) return sockets;
        argument.AddError($"--evapi: {error}");
        return [];
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out IReadOnlyList<EndPoint>? sockets, [NotNullWhen(false)] out string? error)
    {
        sockets = null;
        if (text.Contains(','))
        {
            error = $"'{text}' has a comma; expected host:port, several separated by spaces";
            return false;
        }
        if (!ServerList.TryParse(text, out IReadOnlyList<ServerAddress> list, out error))
        {
            error = error.Replace("server ", "socket ", StringComparison.Ordinal).Replace("[,priority[,weight]]", "", StringComparison.Ordinal);
            return false;
        }
        sockets = [.. list.Select(server => server.EndPoint)];
        return true;
    }
}
