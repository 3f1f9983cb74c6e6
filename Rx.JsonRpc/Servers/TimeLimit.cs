using System.Reactive.Concurrency;

namespace Rx.JsonRpc.Servers;

/// <summary>How long one subscription of a request may take over everything, and which limit says so.</summary>
internal readonly record struct TimeLimit
{
    private TimeLimit(TimeSpan due, bool isDeadline)
    {
        Due = due;
        IsDeadline = isDeadline;
    }

    /// <summary>Counted from the subscription; zero when there is no time at all.</summary>
    public TimeSpan Due { get; }

    /// <summary>Whether it is the caller's deadline; otherwise it is the total timeout.</summary>
    public bool IsDeadline { get; }

    public string Name => IsDeadline ? "deadline" : "total timeout";

    /// <summary>To be asked when the request is subscribed.</summary>
    public static TimeLimit Of(RequestPolicy policy, IScheduler clock)
    {
        if (policy.Deadline is not { } deadline) return new TimeLimit(policy.TotalTimeout, isDeadline: false);
        TimeSpan left = deadline - clock.Now;
        if (left >= policy.TotalTimeout) return new TimeLimit(policy.TotalTimeout, isDeadline: false);
        return new TimeLimit(left > TimeSpan.Zero ? left : TimeSpan.Zero, isDeadline: true);
    }

    /// <summary>Name and length.</summary>
    public override string ToString() => FormattableString.Invariant($"{Name} of {Due.TotalMilliseconds:0.###} ms");
}
