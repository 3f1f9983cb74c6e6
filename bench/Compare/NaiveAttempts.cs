using System.Diagnostics;
using System.Reactive.Linq;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>Notes the attempts of one request, as our recipe does for each of its own.</summary>
internal sealed class NaiveAttempts
{
    private readonly List<Attempt> _ended = new(1);
    private readonly long _began = Stopwatch.GetTimestamp();

    public IObservable<T> Note<T>(Server server, IObservable<T> attempt) => Observable.Defer(() =>
    {
        TimeSpan startedAfter = Stopwatch.GetElapsedTime(_began);
        return attempt.Do(
            _ => End(server, startedAfter, AttemptEnd.Result, ""),
            failure => End(server, startedAfter, failure is TimeoutException ? AttemptEnd.TimedOut : AttemptEnd.ConnectionLost, failure.Message));
    });

    private void End(Server server, TimeSpan startedAfter, AttemptEnd end, string reason) => _ended.Add(new Attempt
    {
        Server = server.Address,
        StartedAfter = startedAfter,
        Took = Stopwatch.GetElapsedTime(_began) - startedAfter,
        Written = Written.MaybeExecuted,
        End = end,
        Reason = reason,
    });
}
