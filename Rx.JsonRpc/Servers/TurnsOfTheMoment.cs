using System.Collections;

namespace Rx.JsonRpc.Servers;

/// <summary>The turns of the groups of the moment: each enumeration, and so each round of a request, takes the present groups.</summary>
internal sealed class TurnsOfTheMoment(ServerSet servers, ServerServices services) : IEnumerable<IEnumerable<Server>>
{
    public IEnumerator<IEnumerable<Server>> GetEnumerator()
    {
        ServerGroup[] groups = servers.Groups;
        // The usual case, for every request: an iterator would be more than twice as large.
        return groups.Length > 0 && services.Options.FailbackDelay <= TimeSpan.Zero ? new Walk(groups) : Unusual(groups);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerator<IEnumerable<Server>> Unusual(ServerGroup[] groups)
    {
        if (groups.Length == 0) throw new NoServerException("the client has no server at the moment: its topology names none");
        foreach (IEnumerable<Server> turn in Failback.Late(groups, services)) yield return turn;
    }

    private sealed class Walk(ServerGroup[] groups) : IEnumerator<IEnumerable<Server>>
    {
        private int _next;

        public IEnumerable<Server> Current => groups[_next - 1].InTurn;

        object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            if (_next == groups.Length) return false;
            _next++;
            return true;
        }

        public void Reset() => _next = 0;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
