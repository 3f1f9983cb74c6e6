using System.Net.Sockets;
using System.Reactive.Concurrency;

namespace Rx.JsonRpc.Transport;

/// <summary>Accepts again after failures that say nothing about the listening socket.</summary>
internal static class AcceptRetry
{
    private static readonly Backoff Pause = new() { First = TimeSpan.FromMilliseconds(5), Max = TimeSpan.FromSeconds(1), Jitter = false };

    private enum Kind
    {
        Fatal,
        OneConnection,
        Passing,
    }

    /// <summary>Accepts until it succeeds, is cancelled, or fails for good. What passes is waited out; peers stay in the backlog.</summary>
    /// <param name="accept">Accepts once.</param>
    /// <param name="scheduler">The clock of the waits.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was accepted.</returns>
    public static async ValueTask<T> RunAsync<T>(
        Func<CancellationToken, ValueTask<T>> accept, IScheduler scheduler, CancellationToken cancellationToken)
    {
        int pauses = 0;
        while (true)
        {
            try
            {
                return await accept(cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException failure) when (KindOf(failure) == Kind.OneConnection)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            catch (SocketException failure) when (KindOf(failure) == Kind.Passing)
            {
                pauses++;
            }
            if (pauses > 0) await WaitAsync(Pause.Delay(pauses, 1), scheduler, cancellationToken).ConfigureAwait(false);
        }
    }

    // accept(2), "Error handling": Linux reports what was pending on the new connection, and what a firewall forbids, as errors of
    // accept; they call for another try. https://man7.org/linux/man-pages/man2/accept.2.html
    // Only the first two are sure to have used up a connection; after the others a try at once could spin.
    private static Kind KindOf(SocketException failure) => failure.SocketErrorCode switch
    {
        SocketError.ConnectionReset or SocketError.ConnectionAborted => Kind.OneConnection,
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.NetworkDown or SocketError.NetworkUnreachable
            or SocketError.HostDown or SocketError.HostUnreachable or SocketError.TimedOut or SocketError.Interrupted
            or SocketError.AccessDenied or SocketError.ProtocolOption or SocketError.OperationNotSupported => Kind.Passing,
        _ => Kind.Fatal,
    };

    private static async Task WaitAsync(TimeSpan pause, IScheduler scheduler, CancellationToken cancellationToken)
    {
        var over = new TaskCompletionSource();
        using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), over);
        using IDisposable timer = scheduler.After(pause, () => over.TrySetResult());
        await over.Task.ConfigureAwait(false);
    }
}
