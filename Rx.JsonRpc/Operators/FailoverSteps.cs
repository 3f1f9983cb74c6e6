using System.Reactive.Concurrency;

namespace Rx.JsonRpc;

/// <summary>The failover operators for one who has an object of his own for each subscription, and needs no functions made.</summary>
internal static class FailoverSteps
{
    /// <summary>As <see cref="FailoverWithHedgeOperator.FailoverWithHedge{TServer, T}"/>.</summary>
    public static IObservable<T> FailoverWithHedge<TServer, T>(
        this IEnumerable<IEnumerable<TServer>> groups, IFailoverSteps<TServer, T> steps, TimeSpan after, IScheduler scheduler, Func<bool>? mayHedge) =>
        after == TimeSpan.MaxValue
            ? FailoverOnce<TServer, T>.Of(groups, steps)
            : FailoverWithHedgeOperator.WithSteps(groups, steps, after, scheduler, mayHedge);
}
