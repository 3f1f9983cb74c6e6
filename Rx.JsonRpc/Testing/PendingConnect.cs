using System.IO.Pipelines;

namespace Rx.JsonRpc.Testing;

/// <summary>A connect that is under way: it ends once, by being let through or by being cancelled.</summary>
internal sealed class PendingConnect
{
    private readonly TaskCompletionSource<IDuplexPipe> _result = new();
    private readonly Func<ValueTask<IDuplexPipe>> _connect;
    private readonly CancellationTokenRegistration _cancellation;
    private int _over;

    public PendingConnect(Func<ValueTask<IDuplexPipe>> connect, CancellationToken cancellationToken)
    {
        _connect = connect;
        _cancellation = cancellationToken.Register(() =>
        {
            using NoSynchronizationContext none = NoSynchronizationContext.Enter();
            if (Interlocked.Exchange(ref _over, 1) == 0) _result.TrySetCanceled(cancellationToken);
        });
    }

    public ValueTask<IDuplexPipe> Result => new(_result.Task);

    public void LetThrough()
    {
        if (Interlocked.Exchange(ref _over, 1) == 1) return;
        _cancellation.Dispose();
        using NoSynchronizationContext none = NoSynchronizationContext.Enter();
        _ = Finish();
    }

    private async Task Finish()
    {
        try
        {
            _result.TrySetResult(await _connect().ConfigureAwait(false));
        }
        catch (Exception fault)
        {
            _result.TrySetException(fault);
        }
    }
}
