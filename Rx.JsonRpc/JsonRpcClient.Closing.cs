using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;

namespace Rx.JsonRpc;

public sealed partial class JsonRpcClient
{
    private volatile bool _closed;

    /// <summary>Takes no new requests, and waits for those that are open. The connections stay; dispose the client afterwards.</summary>
    /// <param name="limit">How long; requests that are open then end with <see cref="RequestTimeoutException"/>.</param>
    /// <param name="cancellationToken">Ends the waiting early; the open requests stay open.</param>
    /// <returns>Completes when no request is open.</returns>
    public async ValueTask DrainAsync(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        _servers.Drain();
        _openRequests.Drain();
        try
        {
            await WhenEmpty().Within(limit, _clock).ToTask(cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _services.Waiting.Close();
            _openRequests.CancelAll(() => new RequestTimeoutException($"the client was drained and stopped waiting after {limit}"));
        }
        catch (OperationCanceledException)
        {
            // The caller's code behind its await must not run inside CancellationTokenSource.Cancel, under the locks of whoever cancels.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            throw;
        }
    }

    /// <summary>
    /// Ends every open request with <see cref="ObjectDisposedException"/> (an outcome says Cancelled), completes the hot observables, and
    /// closes the connections. Nothing is called afterwards.
    /// </summary>
    /// <returns>
    /// Completes when the connections are closed and the observers of the hot observables have returned; a peer or an observer that does
    /// not come to an end holds it up for at most half a second each.
    /// </returns>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        _start.Close();
        // First: the end of one request would make room for another that waits, and that one would be sent.
        _services.Waiting.Close();
        using (_topology) _openRequests.Close();
        _timers.Rest();
        _services.Rest();
        var closed = new ObjectDisposedException(nameof(JsonRpcClient), "the client is disposed");
        await _servers.CloseAsync(closed, "the client was disposed", ClosingLimit).ConfigureAwait(false);
        await _services.Complete().ToObservable().Within(ClosingLimit, _clock).Catch(Observable.Empty<Unit>()).LastOrDefaultAsync()
            .ToTask().ConfigureAwait(false);
    }

    // Not ToObservable: Rx takes the end of a task to the thread pool, and so off the thread that drives a virtual clock.
    private IObservable<Unit> WhenEmpty() => Observable.Create<Unit>(async empty =>
    {
        await _openRequests.Empty.ConfigureAwait(false);
        empty.OnNext(Unit.Default);
        empty.OnCompleted();
    });
}
