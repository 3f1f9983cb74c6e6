using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

public sealed partial class Server
{
    /// <summary>
    /// How many requests it would take now: by the time they come that may have changed. An ejected server takes them when no server is
    /// left that is not; one that is drained or disabled takes none.
    /// </summary>
    internal int Room => _duty == Duty.On && (_breaker.IsClosed || !_services.Servers.Any(server => server.IsUsable))
        ? _links.Sum(link => link.Connection?.Pending.Room ?? 0)
        : 0;

    /// <summary>Whether it would be asked before one that is ejected; a drain of the whole client leaves that as it is, for what is open then.</summary>
    internal bool IsUsable => _breaker.IsClosed && _duty == Duty.On && _links.Any(link => link.Connection is not null);

    /// <summary>A request has left the server: another one could come.</summary>
    internal void RoomForOne() => _services.Waiting.RoomForOne();

    /// <summary>The state has changed, or a connection that took no more bytes takes some again.</summary>
    internal void CallWaiting()
    {
        _services.ReleaseFirstConnects();
        _services.Waiting.ServersChanged(_services.Servers);
    }
}
