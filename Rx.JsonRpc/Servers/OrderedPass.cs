namespace Rx.JsonRpc.Servers;

/// <summary>
/// Marks the thread that passes on requests which have waited, one after another. It must not call observers: one that blocks there would
/// hold up all that wait behind it. What ends meanwhile is told by the continuation scheduler.
/// </summary>
internal static class OrderedPass
{
    [ThreadStatic]
    private static int _depth;

    /// <summary>Whether this thread passes on requests now.</summary>
    public static bool IsHere => _depth > 0;

    public static void Run<TState>(TState state, Action<TState> pass)
    {
        _depth++;
        try
        {
            pass(state);
        }
        finally
        {
            _depth--;
        }
    }
}
