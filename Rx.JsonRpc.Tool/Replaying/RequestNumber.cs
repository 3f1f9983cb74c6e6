using System.Globalization;

namespace Rx.JsonRpc.Tool.Replaying;

/// <summary>A replayed request tells the servers which one it is: its parameters are <c>[number]</c>.</summary>
internal static class RequestNumber
{
    public static RawJson Parameters(int number) => RawJson.Parse(string.Create(CultureInfo.InvariantCulture, $"[{number}]"));

    public static int Of(RawJson parameters) => int.Parse(parameters.ToString().AsSpan()[1..^1], NumberStyles.None, CultureInfo.InvariantCulture);
}
