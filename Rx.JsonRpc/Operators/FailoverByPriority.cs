namespace Rx.JsonRpc;

/// <summary>Holds <see cref="FailoverByPriority{TServer, T}"/>.</summary>
public static class FailoverByPriorityOperator
{
    /// <summary>Tries one server after another, group by group, until one does not fail.</summary>
    /// <typeparam name="TServer">What is tried.</typeparam>
    /// <typeparam name="T">The values.</typeparam>
    /// <param name="groups">
    /// The groups, the first choice in front. Enumerated anew for each subscription, and no further than needed: a group that is not
    /// reached is not asked for its servers.
    /// </param>
    /// <param name="tryOn">Makes the attempt on one server; subscribed once.</param>
    /// <param name="mayMove">Whether the next server may be tried after this failure; null for always.</param>
    /// <returns>What the first server gives that does not fail.</returns>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>value</term><description>
    /// Passes. A failure after it moves on all the same, as Rx's <c>Catch</c> does.
    /// </description></item>
    /// <item><term>error that may move</term><description>Disposes the attempt and tries the next server.</description></item>
    /// <item><term>error that may not</term><description>Passes, as it is.</description></item>
    /// <item><term>no server left</term><description>
    /// Fails with <see cref="AggregateException"/>: every failure, in order.
    /// </description></item>
    /// <item><term>no server at all</term><description>Fails with <see cref="InvalidOperationException"/>.</description></item>
    /// <item><term>completion</term><description>Passes, also without a value before it.</description></item>
    /// <item><term>dispose</term><description>Disposes the attempt and the enumerators.</description></item>
    /// <item><term>empty source</term><description>An attempt without a value completes the sequence.</description></item>
    /// <item><term>exception</term><description>
    /// Thrown by an enumerator, <paramref name="tryOn"/> or <paramref name="mayMove"/>: fails with it.
    /// </description></item>
    /// </list>
    /// </remarks>
    public static IObservable<T> FailoverByPriority<TServer, T>(
        this IEnumerable<IEnumerable<TServer>> groups, Func<TServer, IObservable<T>> tryOn, Func<Exception, bool>? mayMove = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(tryOn);
        return new Recipe<TServer, T>(groups, tryOn, mayMove);
    }

    private sealed class Recipe<TServer, T>(
        IEnumerable<IEnumerable<TServer>> groups, Func<TServer, IObservable<T>> tryOn, Func<Exception, bool>? mayMove) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var sink = new Sink<TServer, T>(groups, tryOn, mayMove, observer);
            sink.Run();
            return sink;
        }
    }

    private sealed class Sink<TServer, T>(
        IEnumerable<IEnumerable<TServer>> groups, Func<TServer, IObservable<T>> tryOn, Func<Exception, bool>? mayMove, IObserver<T> observer)
        : FailoverSink<TServer, T>(groups, observer)
    {
        protected override IObservable<T> TryOn(TServer server) =>
            tryOn(server) ?? throw new InvalidOperationException($"tryOn gave null for {server}.");

        protected override bool MayMove(Exception failure) => mayMove is null || mayMove(failure);
    }
}
