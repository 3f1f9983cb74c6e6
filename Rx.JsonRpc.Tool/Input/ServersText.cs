using System.CommandLine.Parsing;

namespace Rx.JsonRpc.Tool.Input;

/// <summary>Reads the value of <c>--servers</c>; an option that is given again adds its servers.</summary>
internal static class ServersText
{
    public static IReadOnlyList<ServerAddress> Read(ArgumentResult argument)
    {
        if (!ServerList.TryParse(string.Join(' ', argument.Tokens.Select(token => token.Value)), out IReadOnlyList<ServerAddress> servers, out string? error))
        {
            argument.AddError($"--servers: {error}");
        }
        return servers;
    }
}
