namespace Rx.JsonRpc.Testing;

/// <summary>
/// Removes the thread's synchronization context until it is disposed. A task that ends while a context is set, hands the code after an
/// await to the thread pool, even with <c>ConfigureAwait(false)</c>; without a context that code runs inside the call that ends the task.
/// </summary>
internal readonly ref struct NoSynchronizationContext
{
    private readonly SynchronizationContext? _before;

    private NoSynchronizationContext(SynchronizationContext? before) => _before = before;

    public static NoSynchronizationContext Enter()
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        if (before is not null) SynchronizationContext.SetSynchronizationContext(null);
        return new NoSynchronizationContext(before);
    }

    public void Dispose()
    {
        if (_before is not null) SynchronizationContext.SetSynchronizationContext(_before);
    }
}
