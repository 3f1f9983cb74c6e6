using System.Reactive.Disposables;

namespace Rx.JsonRpc.Listening;

/// <summary>
/// How long a connection that leaves still reads and refuses. It begins again with each reply to a call that was in flight: a peer that
/// makes one call after the other sends the next one then.
/// </summary>
internal sealed class LeavingGrace(ListenerServices services, Func<bool> isIdle, Action over) : IDisposable
{
    private readonly SerialDisposable _timer = new();
    private volatile bool _isOver;

    /// <summary>Set before the connection says that it leaves.</summary>
    public TimeSpan Length { get; set; }

    public void Begin()
    {
        _isOver = false;
        _timer.Disposable = services.Clock.After(Length, End);
    }

    /// <summary>A call has left the connection.</summary>
    /// <param name="replied">Whether it was one that was in flight, and its peer has the reply.</param>
    public void Left(bool replied)
    {
        if (replied) Begin();
        else if (_isOver && isIdle()) over();
    }

    public void Dispose() => _timer.Dispose();

    private void End()
    {
        _isOver = true;
        // A call leaves first and then looks for the mark; this sets the mark and then looks for calls.
        Interlocked.MemoryBarrier();
        if (isIdle()) over();
    }
}
