namespace Rx.JsonRpc.Tool.Replaying;

/// <summary>What is known of one attempt that a recorded server received.</summary>
/// <param name="Start">When it began.</param>
/// <param name="Took">How long it lasted.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="ErrorCode">The code of an error reply.</param>
internal readonly record struct Sample(DateTimeOffset Start, TimeSpan Took, Fate Fate, int ErrorCode)
{
    public DateTimeOffset End => Start + Took;

    /// <summary>An attempt that was sent; what was not sent tells nothing about answers.</summary>
    public static bool TryOf(RequestRecord record, in Attempt attempt, out Sample sample)
    {
        sample = default;
        if (attempt.Written == Written.NotWritten) return false;
        Fate fate = attempt.End switch
        {
            AttemptEnd.Result or AttemptEnd.Faulty => Fate.Result,
            AttemptEnd.Error => Fate.Error,
            AttemptEnd.ConnectionLost => Fate.Lost,
            _ => Fate.Cut,
        };
        sample = new Sample(record.StartedAt + attempt.StartedAfter, attempt.Took, fate, attempt.ErrorCode ?? 0);
        return true;
    }
}

/// <summary>What became of an attempt that was sent.</summary>
internal enum Fate
{
    /// <summary>It was answered.</summary>
    Result,

    /// <summary>It was answered with an error.</summary>
    Error,

    /// <summary>Nobody waited long enough to see an answer.</summary>
    Cut,

    /// <summary>Its connection was lost.</summary>
    Lost,
}
