using System.Reactive.Disposables;

namespace Rx.JsonRpc;

/// <summary>Holds the forms of <c>Resume</c>.</summary>
public static class ResumeOperator
{
    /// <summary>Subscribes and resumes suspended work <b>exactly once</b>, whatever happens.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="source">The replies; only the first counts.</param>
    /// <param name="continuation">The work's continuation. What it throws reaches whoever called it: the source, or Dispose.</param>
    /// <returns>Dispose it to resume the work as cancelled, if nothing has resumed it yet.</returns>
    /// <remarks>
    /// Reply, failure and Dispose race for one atomic exchange; the winner calls the continuation, then the source is disposed.
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>value</term><description>Resumes with the result or the error of the reply.</description></item>
    /// <item><term>error</term><description>
    /// Resumes with a timeout, a cancellation, an error or a failure: see <see cref="Outcome{T}.From(Exception)"/>.
    /// </description></item>
    /// <item><term>completion</term><description>After a value, nothing.</description></item>
    /// <item><term>dispose</term><description>
    /// Resumes with a cancellation before Dispose returns; afterwards nothing comes. When another thread is just resuming, Dispose does
    /// not wait for it.
    /// </description></item>
    /// <item><term>empty source</term><description>
    /// Resumes with a failure that holds an <see cref="InvalidOperationException"/>.
    /// </description></item>
    /// <item><term>exception</term><description>
    /// Thrown by the source's Subscribe before anything came: resumes with that failure.
    /// </description></item>
    /// </list>
    /// </remarks>
    public static IDisposable Resume<T>(this IObservable<Reply<T>> source, Action<Outcome<T>> continuation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(continuation);
        return new Continuation<T>(continuation).Run(source);
    }

    /// <summary>As the other form, with the work handed over, so that the two actions can be static.</summary>
    /// <typeparam name="TWork">The suspended work.</typeparam>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="source">The replies; only the first counts.</param>
    /// <param name="work">The suspended work.</param>
    /// <param name="onResult">Called for a result.</param>
    /// <param name="onError">Called for everything else.</param>
    /// <returns>Dispose it to resume the work as cancelled, if nothing has resumed it yet.</returns>
    /// <remarks>
    /// The events are those of the other form:
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>value</term><description>
    /// <paramref name="onResult"/> for a result, <paramref name="onError"/> for an error.
    /// </description></item>
    /// <item><term>error, dispose, empty source</term><description><paramref name="onError"/>.</description></item>
    /// <item><term>completion</term><description>After a value, nothing.</description></item>
    /// </list>
    /// </remarks>
    public static IDisposable Resume<TWork, T>(
        this IObservable<Reply<T>> source, TWork work, Action<TWork, T> onResult, Action<TWork, Outcome<T>> onError)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(onResult);
        ArgumentNullException.ThrowIfNull(onError);
        return new Work<TWork, T>(work, onResult, onError).Run(source);
    }

    /// <summary>Subscribes and resumes one suspension of some work, unless something else resumes it first.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="source">The replies; only the first counts. Unsubscribed when something else has resumed the suspension.</param>
    /// <param name="suspension">The suspension; it waits for one source at most.</param>
    /// <returns>The suspension: dispose it to resume the work as cancelled, if nothing has resumed it yet.</returns>
    /// <exception cref="InvalidOperationException">The suspension waits for a source already.</exception>
    /// <remarks>
    /// The events are those of the first form. Of a suspension that is over, the source is not subscribed.
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>value, error, empty source, dispose</term><description>As for the first form, if it comes first.</description></item>
    /// <item><term>deadline, dispose of the work</term><description>Resumes; the source is disposed.</description></item>
    /// </list>
    /// </remarks>
    public static IDisposable Resume<T>(this IObservable<Reply<T>> source, Suspension<T> suspension)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(suspension);
        return suspension.WaitFor(source);
    }

    private abstract class Sink<T> : IObserver<Reply<T>>, IDisposable
    {
        private SingleAssignmentDisposableValue _upstream;
        private int _resumed;

        public IDisposable Run(IObservable<Reply<T>> source)
        {
            try
            {
                _upstream.Disposable = source.Subscribe(this);
            }
            catch (Exception thrown) when (TryClaim())
            {
                Finish(Outcome<T>.From(thrown));
            }
            return this;
        }

        public void OnNext(Reply<T> value)
        {
            if (TryClaim()) Finish(Outcome<T>.From(value));
        }

        public void OnError(Exception error)
        {
            if (TryClaim()) Finish(Outcome<T>.From(error));
        }

        public void OnCompleted()
        {
            if (TryClaim()) Finish(Outcome<T>.From(new InvalidOperationException("The sequence of replies completed without a reply.")));
        }

        public void Dispose()
        {
            if (TryClaim()) Finish(Outcome<T>.Cancelled());
        }

        protected abstract void Continue(Outcome<T> outcome);

        private bool TryClaim() => Interlocked.Exchange(ref _resumed, 1) == 0;

        private void Finish(Outcome<T> outcome)
        {
            try
            {
                Continue(outcome);
            }
            finally
            {
                _upstream.Dispose();
            }
        }
    }

    private sealed class Continuation<T>(Action<Outcome<T>> continuation) : Sink<T>
    {
        protected override void Continue(Outcome<T> outcome) => continuation(outcome);
    }

    private sealed class Work<TWork, T>(TWork work, Action<TWork, T> onResult, Action<TWork, Outcome<T>> onError) : Sink<T>
    {
        protected override void Continue(Outcome<T> outcome)
        {
            if (outcome.Kind == OutcomeKind.Result) onResult(work, outcome.Result!);
            else onError(work, outcome);
        }
    }
}
