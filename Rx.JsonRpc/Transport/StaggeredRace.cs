using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.JsonRpc.Transport;

/// <summary>
/// Tries candidates one after the other without waiting for the slow ones: the next starts when the one before has had its head start,
/// or at once when an attempt fails. The first success wins.
/// </summary>
/// <remarks>
/// The losers' token is cancelled before the winner is handed out, and a loser that succeeds all the same is disposed. All failures end
/// in one <see cref="AggregateException"/>, in the order in which the attempts failed.
/// </remarks>
internal sealed class StaggeredRace<T, TResult>
    where TResult : IDisposable
{
    private readonly IReadOnlyList<T> _candidates;
    private readonly Func<T, CancellationToken, ValueTask<TResult>> _tryOn;
    private readonly TimeSpan _headStart;
    private readonly IScheduler _scheduler;
    private readonly TaskCompletionSource<TResult> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private readonly SerialDisposable _timer = new();
    private readonly Lock _gate = new();
    private readonly List<Exception> _failures = [];
    private CancellationTokenRegistration _cancellation;
    private int _next;
    private bool _settled;

    private StaggeredRace(
        IReadOnlyList<T> candidates, Func<T, CancellationToken, ValueTask<TResult>> tryOn, TimeSpan headStart, IScheduler scheduler)
    {
        _candidates = candidates;
        _tryOn = tryOn;
        _headStart = headStart;
        _scheduler = scheduler;
    }

    /// <summary>Runs the race.</summary>
    /// <param name="candidates">Who to try, in order; at least one.</param>
    /// <param name="tryOn">One attempt; it owns what it opens until it returns it.</param>
    /// <param name="headStart">How long an attempt runs before the next one joins it.</param>
    /// <param name="scheduler">The clock of the head start.</param>
    /// <param name="cancellationToken">Ends all attempts.</param>
    /// <returns>The winner's result.</returns>
    public static Task<TResult> RunAsync(
        IReadOnlyList<T> candidates,
        Func<T, CancellationToken, ValueTask<TResult>> tryOn,
        TimeSpan headStart,
        IScheduler scheduler,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(candidates.Count);
        var race = new StaggeredRace<T, TResult>(candidates, tryOn, headStart, scheduler);
        race._cancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((StaggeredRace<T, TResult>)state!).Cancel(token), race);
        race.StartNext();
        return race._outcome.Task;
    }

    private void StartNext()
    {
        T candidate;
        bool last;
        lock (_gate)
        {
            if (_settled || _next == _candidates.Count) return;
            candidate = _candidates[_next++];
            last = _next == _candidates.Count;
        }
        if (!last) _timer.Disposable = _scheduler.After(_headStart, StartNext);
        _ = AttemptAsync(candidate);
    }

    private async Task AttemptAsync(T candidate)
    {
        TResult result;
        try
        {
            result = await _tryOn(candidate, _over.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Fail(failure);
            return;
        }
        if (TrySettle())
        {
            _outcome.SetResult(result);
        }
        else
        {
            result.Dispose();
        }
    }

    private void Fail(Exception failure)
    {
        bool all;
        lock (_gate)
        {
            if (_settled) return;
            _failures.Add(failure);
            all = _failures.Count == _candidates.Count;
        }
        if (!all)
        {
            StartNext();
        }
        else if (TrySettle())
        {
            _outcome.SetException(new AggregateException(_failures));
        }
    }

    private void Cancel(CancellationToken token)
    {
        if (TrySettle()) _outcome.SetCanceled(token);
    }

    private bool TrySettle()
    {
        lock (_gate)
        {
            if (_settled) return false;
            _settled = true;
        }
        _timer.Dispose();
        // Not Dispose: it would wait for a Cancel that runs elsewhere.
        _cancellation.Unregister();
        _over.Cancel();
        return true;
    }
}
