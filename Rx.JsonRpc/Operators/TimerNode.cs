namespace Rx.JsonRpc;

/// <summary>What waits in a <see cref="TimerQueue"/>. Whoever waits is the node itself, so that arming a timeout makes no object.</summary>
internal abstract class TimerNode
{
    /// <summary>When it is due, on the queue's own watch; the queue's own.</summary>
    internal TimeSpan DueAt { get; set; }

    /// <summary>Which of those that are due at the same time was armed first; the queue's own.</summary>
    internal long Turn { get; set; }

    /// <summary>Its place in the queue, from 1; 0 while it is in none. The queue's own.</summary>
    internal int Place { get; set; }

    /// <summary>Its time has come. Called without a lock, once for each time that it was armed, unless it was disarmed before.</summary>
    internal abstract void OnDue();
}
