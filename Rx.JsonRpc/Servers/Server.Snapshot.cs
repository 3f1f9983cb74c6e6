using System.Collections.ObjectModel;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

public sealed partial class Server
{
    private DateTimeOffset _since;

    internal ServerSnapshot Snapshot()
    {
        TimeSpan? ejectedUntil = _breaker.EjectedUntil;
        TimeSpan now = _services.Stopwatch.Elapsed;
        DateTimeOffset at = _services.Clock.Now;
        lock (_gate)
        {
            ServerLink[] links = [.. _links, .. _formerLinks];
            return new ServerSnapshot
            {
                Address = Address,
                State = _state,
                Reason = _reason,
                Since = _since,
                InFlight = InFlightLocked(),
                Connections = links.Count(link => link.Open is not null),
                ConnectAttempts = links.Max(link => link.Attempts),
                EjectedUntil = ejectedUntil is { } until ? at.PlusCapped(until - now) : null,
                Dropped = Drops(),
            };
        }
    }

    private ReadOnlyDictionary<DropReason, long> Drops() => Enum.GetValues<DropReason>().ToDictionary(reason => reason, DroppedFor).AsReadOnly();
}
