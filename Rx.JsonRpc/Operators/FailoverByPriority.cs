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
        return new Recipe<TServer, T>(groups, new Functions<TServer, T>(tryOn, mayMove));
    }

    /// <summary>The same with one object for all functions.</summary>
    internal static IObservable<T> FailoverInSteps<TServer, T>(
        this IEnumerable<IEnumerable<TServer>> groups, IFailoverSteps<TServer, T> steps) => new Recipe<TServer, T>(groups, steps);

    private sealed class Functions<TServer, T>(Func<TServer, IObservable<T>> tryOn, Func<Exception, bool>? mayMove) : IFailoverSteps<TServer, T>
    {
        public IObservable<T> TryOn(TServer server) =>
            tryOn(server) ?? throw new InvalidOperationException($"tryOn gave null for {server}.");

        public bool MayMove(Exception failure) => mayMove is null || mayMove(failure);
    }

    private sealed class Recipe<TServer, T>(IEnumerable<IEnumerable<TServer>> groups, IFailoverSteps<TServer, T> steps) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var sink = new Sink<TServer, T>(groups, steps, observer);
            sink.Run();
            return sink;
        }
    }

    private sealed class Sink<TServer, T>(IEnumerable<IEnumerable<TServer>> groups, IFailoverSteps<TServer, T> steps, IObserver<T> observer)
        : AttemptsSink<T>(observer)
    {
        private PriorityWalk<TServer> _walk = new(groups);
        private List<Exception>? _failures;

        public void Run() => Signal();

        protected override IObservable<T>? Next(Exception? failure, ref Exception? end)
        {
            if (failure is not null)
            {
                if (!steps.MayMove(failure))
                {
                    end = failure;
                    return null;
                }
                (_failures ??= []).Add(failure);
            }
            if (_walk.TryMoveNext(out TServer? server)) return steps.TryOn(server);
            end = PriorityWalk<TServer>.Exhausted(_failures);
            return null;
        }

        protected override void Release() => _walk.Release();
    }
}
