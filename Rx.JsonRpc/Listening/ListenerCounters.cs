namespace Rx.JsonRpc;

/// <summary>What a listener has counted since it was made. Read from any thread; the numbers move while they are read.</summary>
public sealed class ListenerCounters
{
    private long _accepted;
    private long _refused;
    private long _calls;
    private long _notifications;
    private long _callsRefused;
    private long _repliesIgnored;
    private long _badMessages;
    private long _failures;
    private long _eventsDropped;
    private long _tooLong;

    internal ListenerCounters()
    {
    }

    /// <summary>Connections that were taken.</summary>
    public long ConnectionsAccepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that were turned away.</summary>
    public long ConnectionsRefused => Volatile.Read(ref _refused);

    /// <summary>Calls that arrived, refused ones included.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>Notifications that arrived, dropped ones included.</summary>
    public long Notifications => Volatile.Read(ref _notifications);

    /// <summary>Calls that were refused because too many were in flight, while stopping or by the host, and notifications that were dropped.</summary>
    public long CallsRefused => Volatile.Read(ref _callsRefused);

    /// <summary>Replies that peers sent although nobody had asked them.</summary>
    public long RepliesIgnored => Volatile.Read(ref _repliesIgnored);

    /// <summary>Frames that are not JSON, and messages that are no request.</summary>
    public long BadMessages => Volatile.Read(ref _badMessages);

    /// <summary>Exceptions of handlers and observers.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Connection changes and failures that found their queue full.</summary>
    public long EventsDropped => Volatile.Read(ref _eventsDropped);

    /// <summary>Frames of peers that were skipped, and replies that were replaced, because they are above <see cref="JsonRpcListenerOptions.MaxFrameBytes"/>.</summary>
    public long FramesTooLong => Volatile.Read(ref _tooLong);

    internal void Accepted() => Interlocked.Increment(ref _accepted);

    internal void Refused() => Interlocked.Increment(ref _refused);

    internal void Arrived(bool isNotification) => Interlocked.Increment(ref isNotification ? ref _notifications : ref _calls);

    internal void CallRefused() => Interlocked.Increment(ref _callsRefused);

    internal void ReplyIgnored() => Interlocked.Increment(ref _repliesIgnored);

    internal void BadMessage() => Interlocked.Increment(ref _badMessages);

    internal void Failed() => Interlocked.Increment(ref _failures);

    internal void TooLong() => Interlocked.Increment(ref _tooLong);

    internal void EventDropped() => Interlocked.Increment(ref _eventsDropped);
}
