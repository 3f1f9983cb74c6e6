using System.CommandLine.Parsing;

namespace Rx.JsonRpc.Tool.Input;

/// <summary>Reads the value of <c>--servers</c>.</summary>
internal static class ServersText
{
    public static IReadOnlyList<ServerAddress> Read(ArgumentResult argument)
    {
        if (!ServerList.TryParse(argument.Tokens[^1].Value, out IReadOnlyList<ServerAddress> servers, out string? error))
        {
            argument.AddError($"--servers: {error}");
        }
        return servers;
    }
}
