namespace Rx.JsonRpc;

/// <summary>
/// What a request does that finds no server to ask: none is connected, none of them has room, or those that it may be sent to again were
/// lost under it.
/// </summary>
public enum WhenDisconnected
{
    /// <summary>It fails at once, or waits for its next round when <see cref="RequestPolicy.Retries"/> allow one.</summary>
    FailFast,

    /// <summary>
    /// It waits until a server can be asked, for as long as its total time lasts, in a line of the client that
    /// <see cref="JsonRpcClientOptions.MaxWaitingRequests"/> bounds.
    /// </summary>
    Wait,
}
