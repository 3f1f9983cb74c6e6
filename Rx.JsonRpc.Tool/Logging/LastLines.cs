namespace Rx.JsonRpc.Tool.Logging;

/// <summary>The end of a log: a reader that is too slow, or has stopped reading, does not keep the process.</summary>
internal static class LastLines
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <returns>Whether everything was written in time.</returns>
    public static async Task<bool> WithinLimit(Task writing)
    {
        if (await Task.WhenAny(writing, Task.Delay(Limit)).ConfigureAwait(false) != writing) return false;
        await writing.ConfigureAwait(false);
        return true;
    }
}
