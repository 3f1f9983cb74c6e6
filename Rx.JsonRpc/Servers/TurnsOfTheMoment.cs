using System.Collections;

namespace Rx.JsonRpc.Servers;

/// <summary>The turns of the groups of the moment: each walk, and so each round of a request, takes the present groups.</summary>
internal sealed class TurnsOfTheMoment(ServerSet servers, ServerServices services) : IWalkable<IEnumerable<Server>>
{
    public WalkPlace<IEnumerable<Server>>? Begin()
    {
        IEnumerable<Server>[] turns = servers.Turns;
        return turns.Length > 0 && services.Options.FailbackDelay <= TimeSpan.Zero ? new WalkPlace<IEnumerable<Server>>(turns, 0) : null;
    }

    public IEnumerator<IEnumerable<Server>> GetEnumerator()
    {
        ServerGroup[] groups = servers.Groups;
        if (groups.Length == 0) throw new NoServerException("the client has no server at the moment: its topology names none");
        return Failback.Late(groups, services).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
