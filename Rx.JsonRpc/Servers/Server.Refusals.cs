namespace Rx.JsonRpc;

public sealed partial class Server
{
    internal ServerUnavailableException NotConnected()
    {
        string reason;
        lock (_gate) reason = _reason;
        string prefix = $"{Address}: ";
        if (reason.StartsWith(prefix, StringComparison.Ordinal)) reason = reason[prefix.Length..];
        return new ServerUnavailableException($"{Address} is not connected: {reason}");
    }

    internal ServerUnavailableException Full() =>
        new($"{Address} has {_services.Options.MaxInFlightPerServer} requests in flight, as many as MaxInFlightPerServer allows");

    internal ServerUnavailableException QueueFull() =>
        new($"{Address} takes no more bytes: MaxQueuedBytesPerConnection ({_services.Options.MaxQueuedBytesPerConnection}) wait to be sent");

    internal ServerUnavailableException Refused(JsonRpcError refusal) =>
        new($"{Address} refused the request without running it: {refusal}") { Refusal = refusal };

    /// <summary>The refusal of a request that must not overtake those that wait already.</summary>
    internal ServerUnavailableException LeftToOthers() => _links.Any(link => link.Connection is not null)
        ? new ServerUnavailableException($"{Address} is left to requests that have waited longer")
        : NotConnected();

    private ServerUnavailableException FirstConnectFull() =>
        new($"{Address} is still being connected for the first time, and {_services.Options.MaxInFlightPerServer} requests wait for that, as many as MaxInFlightPerServer allows");
}
