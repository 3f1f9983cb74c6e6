namespace Rx.JsonRpc.Tool;

/// <summary>What a failed request becomes on stderr and as exit code.</summary>
internal static class FailureReport
{
    public static int Write(ToolConsole console, Exception failure)
    {
        int code = CodeOf(failure);
        console.ErrorLine(failure is ErrorReplyException { Error: var error }
            ? error.ToJson().ToString()
            : $"rxrpc: {InOptions(failure.Message.ReplaceLineEndings(" "))}");
        return code;
    }

    public static int CodeOf(Exception failure) => failure switch
    {
        ErrorReplyException => ExitCode.ErrorReply,
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
