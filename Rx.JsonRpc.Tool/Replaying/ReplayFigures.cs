namespace Rx.JsonRpc.Tool.Replaying;

/// <summary>What became of requests. Latencies are those of replies, results and errors alike, in milliseconds.</summary>
internal sealed record ReplayFigures
{
    public required int Requests { get; init; }

    public required int Results { get; init; }

    public required int Errors { get; init; }

    public required int Timeouts { get; init; }

    public required int Failures { get; init; }

    public required int Cancelled { get; init; }

    /// <summary>Attempts that were sent.</summary>
    public required int Sent { get; init; }

    /// <summary>Of those, the ones that followed one which was sent too: the load that the policy adds.</summary>
    public required int Resent { get; init; }

    public required double SentPerRequest { get; init; }

    public required ReplayLatencies LatencyMs { get; init; }

    public static ReplayFigures Of(IReadOnlyList<RequestRecord> records)
    {
        int[] outcomes = new int[Enum.GetValues<OutcomeKind>().Length];
        var latencies = new List<TimeSpan>(records.Count);
        (int sent, int asked) = (0, 0);
        foreach (RequestRecord record in records)
        {
            outcomes[(int)record.Outcome]++;
            if (record.Outcome is OutcomeKind.Result or OutcomeKind.Error) latencies.Add(record.Took);
            int times = record.Attempts.Count(attempt => attempt.Written == Written.MaybeExecuted);
            sent += times;
            if (times > 0) asked++;
        }
        return new ReplayFigures
        {
            Requests = records.Count,
            Results = outcomes[(int)OutcomeKind.Result],
            Errors = outcomes[(int)OutcomeKind.Error],
            Timeouts = outcomes[(int)OutcomeKind.Timeout],
            Failures = outcomes[(int)OutcomeKind.Failure],
            Cancelled = outcomes[(int)OutcomeKind.Cancelled],
            Sent = sent,
            Resent = sent - asked,
            SentPerRequest = Math.Round(sent / (double)records.Count, 4),
            LatencyMs = ReplayLatencies.Of(latencies),
        };
    }
}

/// <summary>Quantiles by nearest rank; null where there was no reply.</summary>
internal sealed record ReplayLatencies(double? P50, double? P90, double? P99, double? Max)
{
    public static ReplayLatencies Of(List<TimeSpan> latencies)
    {
        latencies.Sort();
        return new ReplayLatencies(At(50), At(90), At(99), At(100));

        double? At(int percent) => latencies.Count == 0
            ? null
            : Math.Round(latencies[((latencies.Count * percent) + 99) / 100 - 1].TotalMilliseconds, 4);
    }
}
