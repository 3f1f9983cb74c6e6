namespace Rx.JsonRpc.Tool;

/// <summary>What a failed request becomes on stderr and as exit code.</summary>
internal static class FailureReport
{
    public static int Write(ToolConsole console, Exception failure)
    {
        if (failure is ErrorReplyException { Error: var error }) return Write(console, error);
        console.ErrorLine($"rxrpc: {InOptions(failure.Message)}");
        return CodeOf(failure);
    }

    /// <summary>An error reply: its JSON on stderr.</summary>
    public static int Write(ToolConsole console, JsonRpcError error) =>
        console.ErrorLine(OneLine.OfJson(error.ToJson().ToString())) ? ExitCode.ErrorReply : ExitCode.Output;

    private static int CodeOf(Exception failure) => failure switch
    {
        RequestTimeoutException => ExitCode.Timeout,
        InvalidParametersException => ExitCode.Usage,
        _ => ExitCode.Failure,
    };

    /// <summary>One line for each attempt.</summary>
    public static void WriteAttempts(ToolConsole console, IReadOnlyList<Attempt> attempts)
    {
        for (int i = 0; i < attempts.Count; i++) console.ErrorLine($"attempt {i + 1}: {InOptions(attempts[i].ToString())}");
    }

    /// <summary>The library speaks to programmers; here the same thing is an option.</summary>
    private static string InOptions(string message) =>
        message.Replace("mark the method idempotent or set Replay to Always", "use --replay always", StringComparison.Ordinal);
}
