namespace Rx.JsonRpc.Transport;

/// <summary>What one connection may hold of the bytes that it shares with others.</summary>
internal interface IByteRoom
{
    /// <summary>What is sent and what is received may each hold so many bytes without asking.</summary>
    int OwnBytes { get; }

    /// <summary>Asks to hold so many bytes that wait to be sent, in all. Under the sender's lock; calls nothing back.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="granted">How many may be held from now on.</param>
    /// <returns>False when there is no room.</returns>
    bool TryHoldSends(long bytes, out long granted);

    /// <summary>Only so many bytes wait to be sent. Under the sender's lock; <see cref="WakeOthers"/> follows without it.</summary>
    /// <returns>How many may be held from now on.</returns>
    long EaseSends(long bytes);

    /// <summary>Asks to receive a frame that is longer than <see cref="OwnBytes"/>. On the reader.</summary>
    /// <param name="bytes">The frame's length.</param>
    /// <param name="granted">Called once, on any thread, when it is granted later.</param>
    /// <returns>False when there is no room yet.</returns>
    bool TryReceive(int bytes, Action granted);

    /// <summary>The frame that was asked for is complete and has been observed.</summary>
    void Received();

    /// <summary>Calls those that wait for room, if there is some now. Without any lock.</summary>
    void WakeOthers();
}
