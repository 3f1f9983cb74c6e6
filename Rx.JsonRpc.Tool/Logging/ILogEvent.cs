namespace Rx.JsonRpc.Tool.Logging;

/// <summary>Something that an <see cref="EventLog{T}"/> prints.</summary>
internal interface ILogEvent<out T>
{
    /// <summary>How much it matters.</summary>
    LogLevel Level { get; }

    /// <summary>What it is about; events of one subject are thinned when they repeat. Null for one that is always printed.</summary>
    string? Subject { get; }

    /// <summary>What happens to the subject: each kind has intervals of its own.</summary>
    string Kind { get; }

    /// <summary>The event, and how many of its subject were left out before it.</summary>
    T After(long leftOut);
}
