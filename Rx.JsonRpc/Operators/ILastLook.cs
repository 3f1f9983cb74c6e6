namespace Rx.JsonRpc;

/// <summary>What a timeout asks when it is due, before it fails: a reply that has been received wins over a timer that comes after it.</summary>
/// <remarks>Asked on the clock's thread while its request may end on another one, and serve another request: it then answers anything.</remarks>
internal interface ILastLook
{
    /// <summary>Whether anything has been asked that a reply can come to; otherwise the timeout fails at once.</summary>
    bool AwaitsReply { get; }

    /// <summary>Whether what is received passes through the thread pool, so that it may be queued there.</summary>
    bool ComesByThreadPool { get; }

    /// <summary>Whether a reply has been received, or may be among what had been received when this was asked for the first time.</summary>
    bool MayBeReceived();

    /// <summary>The timeout fails later than it was due, because of the client itself. Called at most once, just before it fails.</summary>
    void ClientWasLate(TimeSpan late);
}
