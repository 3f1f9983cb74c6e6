namespace Rx.JsonRpc;

/// <summary>Holds <see cref="Results{T}"/>.</summary>
public static class ResultsOperator
{
    /// <summary>The edge between replies and results: here an error reply becomes an exception.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="source">The replies.</param>
    /// <returns>The results.</returns>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>result</term><description>Passes, also when it is null.</description></item>
    /// <item><term>error reply</term><description>
    /// Disposes the source, then fails with an <see cref="ErrorReplyException"/> of the observer's own, with the attempts and the last
    /// server.
    /// </description></item>
    /// <item><term>error (OnError)</term><description>Passes.</description></item>
    /// <item><term>completion</term><description>Passes.</description></item>
    /// <item><term>dispose</term><description>Disposes the source.</description></item>
    /// <item><term>empty source</term><description>Completes.</description></item>
    /// </list>
    /// </remarks>
    public static IObservable<T> Results<T>(this IObservable<Reply<T>> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new Recipe<T>(source);
    }

    private sealed class Recipe<T>(IObservable<Reply<T>> source) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var sink = new Sink<T>(observer);
            sink.Run(source);
            return sink;
        }
    }

    private sealed class Sink<T>(IObserver<T> observer) : ReplySink<T, T>(observer)
    {
        public override void OnNext(Reply<T> value)
        {
            if (value.IsError) Fail(value);
            else Pass(value.Result!);
        }
    }
}
