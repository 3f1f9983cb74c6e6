namespace Rx.JsonRpc;

/// <summary>Holds <see cref="RetryWhenCalled{T}"/>.</summary>
internal static class RetryWhenCalledOperator
{
    /// <summary>Subscribes again after a failure, not after a time but when it is called to.</summary>
    /// <typeparam name="T">The values.</typeparam>
    /// <param name="source">The sequence.</param>
    /// <param name="wait">
    /// Gets the failure, and what to call, once and from any thread, when the source is to be subscribed again. Gives what ends the wait;
    /// it is disposed when the sequence ends or the source is subscribed again. Null when this failure is not waited out. Null instead of
    /// the function: no failure is.
    /// </param>
    /// <returns>The sequence with its retries; without <paramref name="wait"/>, <paramref name="source"/> itself.</returns>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>value</term><description>Passes.</description></item>
    /// <item><term>error that is waited out</term><description>Disposes the source; subscribes it again when called.</description></item>
    /// <item><term>error otherwise</term><description>Passes, as it is.</description></item>
    /// <item><term>completion</term><description>Passes.</description></item>
    /// <item><term>dispose</term><description>Disposes the source, or the wait.</description></item>
    /// <item><term>empty source</term><description>Completes.</description></item>
    /// <item><term>exception</term><description>Thrown by <paramref name="wait"/>: fails with it.</description></item>
    /// </list>
    /// </remarks>
    public static IObservable<T> RetryWhenCalled<T>(this IObservable<T> source, Func<Exception, Action, IDisposable?>? wait)
    {
        ArgumentNullException.ThrowIfNull(source);
        return wait is null ? source : new Recipe<T>(source, wait);
    }

    private sealed class Recipe<T>(IObservable<T> source, Func<Exception, Action, IDisposable?> wait) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var sink = new Sink<T>(source, wait, observer);
            sink.Run();
            return sink;
        }
    }

    private sealed class Sink<T>(IObservable<T> source, Func<Exception, Action, IDisposable?> wait, IObserver<T> observer)
        : AttemptsSink<T>(observer)
    {
        public void Run() => Signal();

        protected override IObservable<T>? Next(Exception? failure, ref Exception? end)
        {
            if (failure is null) return source;
            if (wait(failure, Signal) is { } waiting) KeepWait(waiting);
            else end = failure;
            return null;
        }
    }
}
