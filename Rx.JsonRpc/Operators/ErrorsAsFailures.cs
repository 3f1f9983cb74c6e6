namespace Rx.JsonRpc;

/// <summary>Holds <see cref="ErrorsAsFailures{T}"/>.</summary>
public static class ErrorsAsFailuresOperator
{
    /// <summary>Makes failures of the error replies with certain codes, so that failover and retry see them.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="source">The replies.</param>
    /// <param name="codes">The codes.</param>
    /// <returns>The replies without those; with no codes, <paramref name="source"/> itself.</returns>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>result, error with another code</term><description>Passes.</description></item>
    /// <item><term>error with one of the codes</term><description>
    /// Disposes the source, then fails with <see cref="ErrorReplyException"/>, which carries the error and the attempts.
    /// </description></item>
    /// <item><term>error (OnError)</term><description>Passes.</description></item>
    /// <item><term>completion</term><description>Passes.</description></item>
    /// <item><term>dispose</term><description>Disposes the source.</description></item>
    /// <item><term>empty source</term><description>Completes.</description></item>
    /// </list>
    /// </remarks>
    public static IObservable<Reply<T>> ErrorsAsFailures<T>(this IObservable<Reply<T>> source, ErrorCodes codes)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(codes);
        return codes.IsEmpty ? source : new Recipe<T>(source, codes);
    }

    private sealed class Recipe<T>(IObservable<Reply<T>> source, ErrorCodes codes) : IObservable<Reply<T>>
    {
        public IDisposable Subscribe(IObserver<Reply<T>> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var sink = new Sink<T>(observer, codes);
            sink.Run(source);
            return sink;
        }
    }

    private sealed class Sink<T>(IObserver<Reply<T>> observer, ErrorCodes codes) : ReplySink<T, Reply<T>>(observer)
    {
        public override void OnNext(Reply<T> value)
        {
            if (value.Error is { } error && codes.Contains(error.Code)) Fail(value);
            else Pass(value);
        }
    }
}
