namespace Rx.JsonRpc;

/// <summary>When a failed request may be sent again.</summary>
public enum Replay
{
    /// <summary>Only when none of its bytes were handed to a socket, so that it cannot have run. The default.</summary>
    IfNotWritten,

    /// <summary>Always, also when it may have run: right for methods that do no harm when they run twice.</summary>
    Always,

    /// <summary>Never: the first failure is the answer, whatever it is, also for an idempotent method.</summary>
    Never,
}
