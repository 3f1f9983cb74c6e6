using System.Reactive.Concurrency;

namespace Rx.JsonRpc;

/// <summary>
/// Work that is suspended, perhaps again and again, and resumed exactly once for each suspension: by a result, an error, a timeout, a
/// failure, a cancellation, its deadline, or Dispose.
/// </summary>
/// <typeparam name="T">The result's type.</typeparam>
/// <remarks>
/// <see cref="Suspend()"/> gives the token of one suspension. Whoever resumes it first wins; every later answer to it is inert, also when
/// the work has been suspended anew meanwhile: a token, and its number <see cref="Suspension{T}.Generation"/>, is never valid again. The
/// members may be called from any thread.
/// </remarks>
public sealed class SuspendedWork<T> : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Action<Outcome<T>> _continuation;
    private readonly IScheduler? _runOn;
    private Suspension<T>? _current;
    private long _generation;
    private bool _disposed;

    /// <summary>Describes the work; it is not suspended yet.</summary>
    /// <param name="continuation">
    /// Goes on with the work. Inline, what it throws reaches whoever resumed; on a scheduler, the scheduler.
    /// </param>
    /// <param name="scheduler">Where the continuation runs; null for inline: on the thread that resumes, before the resuming call returns.</param>
    public SuspendedWork(Action<Outcome<T>> continuation, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        _continuation = continuation;
        _runOn = scheduler;
    }

    /// <summary>Whether it is suspended, and nothing has resumed it yet.</summary>
    public bool IsSuspended
    {
        get
        {
            lock (_gate) return _current is { IsSuspended: true };
        }
    }

    /// <summary>Suspends the work until its token is resumed.</summary>
    /// <returns>The token.</returns>
    /// <exception cref="InvalidOperationException">The work is suspended already.</exception>
    /// <exception cref="ObjectDisposedException">The work is disposed.</exception>
    public Suspension<T> Suspend()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is { IsSuspended: true }) throw new InvalidOperationException("The work is suspended already.");
            return _current = new Suspension<T>(this, ++_generation);
        }
    }

    /// <summary>Suspends the work until its token is resumed, or a deadline passes.</summary>
    /// <param name="limit">How long; then the work is resumed with a timeout.</param>
    /// <param name="scheduler">The clock of the limit.</param>
    /// <returns>The token.</returns>
    /// <exception cref="InvalidOperationException">The work is suspended already.</exception>
    /// <exception cref="ObjectDisposedException">The work is disposed.</exception>
    public Suspension<T> Suspend(TimeSpan limit, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        Suspension<T> suspension = Suspend();
        suspension.LimitTo(limit, scheduler);
        return suspension;
    }

    /// <summary>Resumes by number, for an answer that comes from elsewhere and can bring no token.</summary>
    /// <param name="generation">The <see cref="Suspension{T}.Generation"/> that is answered.</param>
    /// <param name="outcome">The outcome.</param>
    /// <returns>Whether this resumed the work; false when that suspension is over, or never was.</returns>
    public bool TryResume(long generation, Outcome<T> outcome)
    {
        Suspension<T>? current;
        lock (_gate) current = _current;
        return current is not null && current.Generation == generation && current.TryResume(outcome);
    }

    /// <summary>Resumes the work as cancelled if it is suspended. It cannot be suspended again.</summary>
    public void Dispose()
    {
        Suspension<T>? current;
        lock (_gate)
        {
            _disposed = true;
            current = _current;
        }
        current?.Dispose();
    }

    internal void Continue(Outcome<T> outcome)
    {
        if (_runOn is null) _continuation(outcome);
        else _runOn.Schedule((Work: this, Outcome: outcome), static (state, _) => state.Work._continuation(state.Outcome));
    }
}
