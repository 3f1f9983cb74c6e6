namespace Rx.JsonRpc.Transport;

/// <summary>A pipe that knows what has been received for it and is not read yet.</summary>
internal interface IReceivesBytes
{
    /// <summary>How many bytes have been received since it was opened, what the operating system still holds included.</summary>
    long Received { get; }

    /// <summary>Whether they pass through the thread pool before they can be read.</summary>
    bool ByThreadPool { get; }
}
