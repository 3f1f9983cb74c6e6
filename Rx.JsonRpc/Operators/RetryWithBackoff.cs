using System.Reactive.Concurrency;

namespace Rx.JsonRpc;

/// <summary>Holds <see cref="RetryWithBackoff{T}"/>.</summary>
public static class RetryWithBackoffOperator
{
    /// <summary>Subscribes again after a failure, with waits in between.</summary>
    /// <typeparam name="T">The values.</typeparam>
    /// <param name="source">The sequence.</param>
    /// <param name="retries">How often at most; -1 for ever.</param>
    /// <param name="backoff">How long to wait before each retry; the first is number 1.</param>
    /// <param name="scheduler">The clock.</param>
    /// <param name="when">Whether this failure may be retried; null for every failure.</param>
    /// <param name="resetOnValue">
    /// Whether a value makes the next failure the first one again: its wait is short and all retries are left.
    /// </param>
    /// <param name="random">The random numbers in [0, 1) of the jitter, called from any thread; null for <see cref="Random.Shared"/>.</param>
    /// <returns>The sequence with its retries.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="retries"/> is below -1.</exception>
    /// <exception cref="ArgumentException"><paramref name="backoff"/> is faulty; says how.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>value</term><description>Passes.</description></item>
    /// <item><term>error, a retry is left</term><description>
    /// Disposes the source, waits, subscribes again. Without a wait it does so at once, in a loop and not on the scheduler.
    /// </description></item>
    /// <item><term>error otherwise</term><description>Passes, as it is.</description></item>
    /// <item><term>completion</term><description>Passes.</description></item>
    /// <item><term>dispose</term><description>Disposes the source, or the wait.</description></item>
    /// <item><term>empty source</term><description>Completes.</description></item>
    /// <item><term>exception</term><description>
    /// Thrown by <paramref name="when"/> or <paramref name="random"/>: fails with it.
    /// </description></item>
    /// </list>
    /// </remarks>
    public static IObservable<T> RetryWithBackoff<T>(
        this IObservable<T> source,
        int retries,
        Backoff backoff,
        IScheduler scheduler,
        Func<Exception, bool>? when = null,
        bool resetOnValue = false,
        Func<double>? random = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (retries < -1) throw new ArgumentOutOfRangeException(nameof(retries), retries, $"It must be in -1 (for ever)..{int.MaxValue}.");
        ArgumentNullException.ThrowIfNull(backoff);
        ArgumentNullException.ThrowIfNull(scheduler);
        string[] faults = [.. backoff.Faults(nameof(backoff))];
        if (faults.Length > 0) throw new ArgumentException(string.Join("; ", faults), nameof(backoff));
        return new Recipe<T>(source, retries, backoff, scheduler, when, resetOnValue, random ?? Random.Shared.NextDouble);
    }

    /// <summary>The same for a backoff that was checked before, on the way of every request.</summary>
    internal static IObservable<T> RetryWithCheckedBackoff<TServer, T>(
        this IObservable<T> source, int retries, Backoff backoff, IScheduler scheduler, IFailoverSteps<TServer, T> steps, Func<double> random) =>
        retries == 0 ? source : new Recipe<T>(source, retries, backoff, scheduler, steps.MayMove, ResetOnValue: false, random);

    private sealed record Recipe<T>(
        IObservable<T> Source,
        int Retries,
        Backoff Backoff,
        IScheduler Scheduler,
        Func<Exception, bool>? When,
        bool ResetOnValue,
        Func<double> Random)
        : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var sink = new Sink<T>(this, observer);
            sink.Run();
            return sink;
        }
    }

    private sealed class Sink<T>(Recipe<T> recipe, IObserver<T> observer) : AttemptsSink<T>(observer)
    {
        private int _retry;

        public void Run() => Signal();

        public override void OnNext(T value)
        {
            if (recipe.ResetOnValue) _retry = 0;
            base.OnNext(value);
        }

        protected override IObservable<T>? Next(Exception? failure, ref Exception? end)
        {
            if (failure is null) return recipe.Source;
            bool left = recipe.Retries < 0 || _retry < recipe.Retries;
            if (!left || recipe.When?.Invoke(failure) == false)
            {
                end = failure;
                return null;
            }
            if (_retry < int.MaxValue) _retry++;
            TimeSpan wait = recipe.Backoff.Delay(_retry, recipe.Random);
            if (wait <= TimeSpan.Zero) return recipe.Source;
            KeepWait(recipe.Scheduler.After(wait, this, static sink => sink.Signal()));
            return null;
        }
    }
}
