namespace Rx.JsonRpc;

/// <summary>On which thread something happened. The default: it has not. A struct with state: keep it in a field.</summary>
internal struct ThreadMark
{
    private int _thread;

    /// <summary>Whether it happened on the thread that asks.</summary>
    public readonly bool IsHere => _thread == Environment.CurrentManagedThreadId;

    /// <summary>It happens now, on this thread.</summary>
    public void Set() => _thread = Environment.CurrentManagedThreadId;
}
