using System.Reactive.Concurrency;

namespace Rx.JsonRpc;

/// <summary>Holds <see cref="FailoverWithHedge{TServer, T}"/>.</summary>
public static class FailoverWithHedgeOperator
{
    /// <summary>
    /// Tries one server after another, as <see cref="FailoverByPriorityOperator.FailoverByPriority"/> does, and two at a time when one is
    /// slow: a try that has been alone for a while gets a second one beside it, on the next server. The first to answer wins.
    /// </summary>
    /// <typeparam name="TServer">What is tried.</typeparam>
    /// <typeparam name="T">The values.</typeparam>
    /// <param name="groups">The groups, the first choice in front; enumerated as for <c>FailoverByPriority</c>, each server taken once.</param>
    /// <param name="tryOn">Makes the attempt on one server; subscribed once.</param>
    /// <param name="after">
    /// How long a try is alone before the second one starts. <see cref="TimeSpan.MaxValue"/>: never, which is <c>FailoverByPriority</c>
    /// itself. Zero or less: as soon as the scheduler runs.
    /// </param>
    /// <param name="scheduler">The clock.</param>
    /// <param name="mayMove">Whether the next server may be tried after this failure; null for always.</param>
    /// <param name="mayHedge">Asked before each second try, when there is a server for it; null for always.</param>
    /// <returns>What the first server gives that answers.</returns>
    /// <remarks>
    /// The second try is the one that began later. What happens is decided one event after another, never inside a Subscribe: a source
    /// that speaks there is heard when Subscribe has returned.
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>value</term><description>
    /// Its try wins: the other one is disposed, then the value passes, and what the winner gives after it, its failure too.
    /// </description></item>
    /// <item><term>alone for <paramref name="after"/></term><description>
    /// A second try starts on the next server, if there is one and <paramref name="mayHedge"/> allows it. Otherwise the first goes on.
    /// </description></item>
    /// <item><term>error of the only try</term><description>Moves to the next server, which is then alone.</description></item>
    /// <item><term>error of the second try</term><description>
    /// The next server takes its place at once, as after <paramref name="after"/>.
    /// </description></item>
    /// <item><term>error of the first of two</term><description>The second goes on as the only one, alone from then on.</description></item>
    /// <item><term>error that may not move</term><description>Disposes the other try, then passes, as it is.</description></item>
    /// <item><term>no server left, no try under way</term><description>
    /// Fails with <see cref="AggregateException"/>: every failure, in the order in which they came.
    /// </description></item>
    /// <item><term>no server at all</term><description>Fails with <see cref="InvalidOperationException"/>.</description></item>
    /// <item><term>completion</term><description>
    /// Its try wins, also without a value before it; the other one is disposed, then it passes.
    /// </description></item>
    /// <item><term>dispose</term><description>Disposes both tries, the timer and the enumerators.</description></item>
    /// <item><term>empty source</term><description>A try without a value completes the sequence.</description></item>
    /// <item><term>exception</term><description>
    /// Thrown by an enumerator, <paramref name="tryOn"/>, a try's Subscribe, <paramref name="mayMove"/> or <paramref name="mayHedge"/>:
    /// fails with it.
    /// </description></item>
    /// </list>
    /// </remarks>
    public static IObservable<T> FailoverWithHedge<TServer, T>(
        this IEnumerable<IEnumerable<TServer>> groups,
        Func<TServer, IObservable<T>> tryOn,
        TimeSpan after,
        IScheduler scheduler,
        Func<Exception, bool>? mayMove = null,
        Func<bool>? mayHedge = null)
    {
        if (after == TimeSpan.MaxValue) return groups.FailoverByPriority(tryOn, mayMove);
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(tryOn);
        ArgumentNullException.ThrowIfNull(scheduler);
        return new Recipe<TServer, T>(groups, tryOn, after, scheduler, mayMove, mayHedge, null);
    }

    /// <summary>The same with an object of its own for each subscription, which may go round the servers again.</summary>
    internal static IObservable<T> WithSteps<TServer, T>(
        IEnumerable<IEnumerable<TServer>> groups, IFailoverSteps<TServer, T> steps, TimeSpan after, IScheduler scheduler, Func<bool>? mayHedge) =>
        new Recipe<TServer, T>(groups, steps.TryOn, after, scheduler, steps.MayMove, mayHedge, steps.MayGoRoundAgain);

    private sealed record Recipe<TServer, T>(
        IEnumerable<IEnumerable<TServer>> Groups,
        Func<TServer, IObservable<T>> TryOn,
        TimeSpan After,
        IScheduler Scheduler,
        Func<Exception, bool>? MayMove,
        Func<bool>? MayHedge,
        Func<bool>? MayGoRoundAgain) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var sink = new Sink<TServer, T>(this, observer);
            sink.Run();
            return sink;
        }
    }

    private sealed class Sink<TServer, T>(Recipe<TServer, T> recipe, IObserver<T> observer) : RivalsSink<T>(observer, recipe.After, recipe.Scheduler)
    {
        private PriorityWalk<TServer> _walk = new(recipe.Groups);
        private List<Exception>? _failures;
        private TServer? _next;
        private bool _hasNext;

        protected override bool MayMove(Exception failure)
        {
            if (recipe.MayMove?.Invoke(failure) == false) return false;
            (_failures ??= []).Add(failure);
            return true;
        }

        protected override IObservable<T>? NextAlone() => HasNext() || StartsAgain() ? TryOnNext() : null;

        // A server that may not be asked yet stays the next one.
        protected override IObservable<T>? NextBeside() => HasNext() && recipe.MayHedge?.Invoke() != false ? TryOnNext() : null;

        protected override Exception Exhausted() => PriorityWalk<TServer>.Exhausted(_failures);

        protected override void Release() => _walk.Release();

        private bool HasNext() => _hasNext = _hasNext || _walk.TryMoveNext(out _next);

        private bool StartsAgain() => _hasNext = recipe.MayGoRoundAgain?.Invoke() == true && _walk.TryStartAgain(out _next);

        private IObservable<T> TryOnNext()
        {
            TServer server = _next!;
            _hasNext = false;
            return recipe.TryOn(server) ?? throw new InvalidOperationException($"tryOn gave null for {server}.");
        }
    }
}
