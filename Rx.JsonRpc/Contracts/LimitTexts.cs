using System.Globalization;

namespace Rx.JsonRpc;

/// <summary>How a message names a size that is above a limit.</summary>
internal static class LimitTexts
{
    /// <summary>"has 5,242,880 bytes; the limit is 4,194,304 (MaxFrameBytes)".</summary>
    public static string TooLong(long bytes, int limit) =>
        string.Create(CultureInfo.InvariantCulture, $"has {bytes:N0} bytes; the limit is {limit:N0} ({nameof(JsonRpcClientOptions.MaxFrameBytes)})");
}
