using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.JsonRpc;

/// <summary>The token of one suspension of <see cref="SuspendedWork{T}"/>: the right to resume it, which is used up once.</summary>
/// <typeparam name="T">The result's type.</typeparam>
public sealed class Suspension<T> : IDisposable
{
    private readonly SuspendedWork<T> _work;
    private SingleAssignmentDisposableValue _limit;
    private SingleAssignmentDisposableValue _request;
    private int _resumed;
    private int _waiting;

    internal Suspension(SuspendedWork<T> work, long generation)
    {
        _work = work;
        Generation = generation;
    }

    /// <summary>Which suspension of its work it is: 1 for the first. No later one has the same number.</summary>
    public long Generation { get; }

    /// <summary>Whether nothing has resumed it yet.</summary>
    public bool IsSuspended => Volatile.Read(ref _resumed) == 0;

    /// <summary>Resumes the work, if nothing has resumed this suspension before; the request that it waits for is unsubscribed.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <returns>Whether this call resumed it.</returns>
    public bool TryResume(Outcome<T> outcome)
    {
        if (Interlocked.Exchange(ref _resumed, 1) == 1) return false;
        try
        {
            _limit.Dispose();
            _work.Continue(outcome);
        }
        finally
        {
            _request.Dispose();
        }
        return true;
    }

    /// <summary>Resumes the work as cancelled, if nothing has resumed this suspension before.</summary>
    public void Dispose() => TryResume(Outcome<T>.Cancelled());

    internal IDisposable WaitFor(IObservable<Reply<T>> source)
    {
        if (Interlocked.Exchange(ref _waiting, 1) == 1) throw new InvalidOperationException("The suspension waits for a source already.");
        // When the suspension is over, the request that is handed over here is disposed at once.
        if (IsSuspended) _request.Disposable = source.Resume(outcome => TryResume(outcome));
        return this;
    }

    internal void LimitTo(TimeSpan limit, IScheduler clock) =>
        _limit.Disposable = clock.After(
            limit,
            (Suspension: this, Limit: limit),
            static due => due.Suspension.TryResume(Outcome<T>.From(new TimeoutException($"not resumed within {due.Limit}"))));
}
