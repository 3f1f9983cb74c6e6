namespace Rx.JsonRpc.Tool;

/// <summary>What was typed cannot be carried out; the message is the one line that is shown.</summary>
internal sealed class UsageException(string message) : Exception(message);
