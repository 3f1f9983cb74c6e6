namespace Rx.JsonRpc.Servers;

/// <summary>A one-try request or notification that a server gives a connection to, at once or when its first connect has ended.</summary>
internal interface IServerRequest
{
    /// <summary>The attempt whose end says how the server does; null when nothing will tell, as for a notification.</summary>
    AttemptRecord? Judged { get; }

    /// <summary>The attempt that it is.</summary>
    AttemptRecord Attempt { get; }

    /// <summary>Called once, unless it was taken back before: send yourself.</summary>
    void Begin(ServerConnection connection);

    /// <summary>Called once instead: there is no connection to send on.</summary>
    void Refuse(ServerUnavailableException failure);
}
