namespace Rx.JsonRpc.Servers;

/// <summary>The hedge of one request, with what it is measured by. Requests without a hedge have none.</summary>
internal sealed class HedgePlan(Hedge hedge, LatencyHistogram? latencies)
{
    /// <summary>How long a try is to be alone, as things stand.</summary>
    public TimeSpan After()
    {
        if (hedge.Delay is { } delay) return delay;
        if (!latencies!.TryQuantile(hedge.Quantile!.Value, hedge.MinimumSamples, out TimeSpan usual)) return hedge.Ceiling;
        return usual < hedge.Floor ? hedge.Floor : usual > hedge.Ceiling ? hedge.Ceiling : usual;
    }

    /// <summary>Notes how long an attempt took.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="after">How long a try was to be alone.</param>
    public void Note(in Attempt attempt, TimeSpan after)
    {
        // An attempt that was given up took longer than it had, which says something only when that was long: without those that were
        // overtaken the quantile would sink and sink, and with those that were cancelled at once too.
        bool counts = attempt.End is AttemptEnd.Result or AttemptEnd.Error
            || (attempt.End is AttemptEnd.TimedOut or AttemptEnd.Cancelled && attempt.Written == Written.MaybeExecuted && attempt.Took >= after);
        if (counts) latencies?.Add(attempt.Took);
    }
}
