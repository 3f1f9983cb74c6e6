using Rx.JsonRpc.Tool.Logging;

namespace Rx.JsonRpc.Tool.Serving;

/// <summary>A line of the example service.</summary>
/// <param name="Level">How much it matters.</param>
/// <param name="Text">What is printed.</param>
internal sealed record ServeLine(LogLevel Level, string Text) : ILogEvent<ServeLine>
{
    public string? Subject { get; private init; }

    public string Kind => "";

    /// <summary>Whether it goes to the error output.</summary>
    public bool IsError { get; private init; }

    public static ServeLine Of(ListenerConnectionChange change) => change.State == ListenerConnectionState.Refused
        ? new ServeLine(LogLevel.Warning, $"{LogLevel.Warning.Text()}: {change}") { Subject = "refused" }
        : new ServeLine(LogLevel.Information, $"{LogLevel.Information.Text()}: {change}");

    public static ServeLine Of(ListenerFailure failure) =>
        Warning(failure.ToString()) with { Subject = $"{failure.Where} {failure.Exception.GetType().Name}" };

    public static ServeLine Warning(string text) => new(LogLevel.Warning, $"rxrpc: {LogLevel.Warning.Text()}: {text}") { IsError = true };

    /// <summary>The output takes lines again.</summary>
    public static ServeLine Output(long droppedLines) => new(LogLevel.Warning, $"{LogLevel.Warning.Text()}: droppedLines {droppedLines}");

    public ServeLine After(long leftOut) => leftOut == 0 ? this : this with { Text = $"{Text} (repeated {leftOut})" };
}
