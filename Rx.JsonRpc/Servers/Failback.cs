namespace Rx.JsonRpc.Servers;

/// <summary>
/// Passes over servers that have come back only just, so that a flapping one does not pull the traffic back and forth between the groups.
/// They come last: what might work is never refused.
/// </summary>
internal static class Failback
{
    public static IEnumerable<IEnumerable<Server>> Late(ServerGroup[] groups, ServerServices services)
    {
        TimeSpan since = services.Stopwatch.Elapsed - services.Options.FailbackDelay;
        HashSet<Server>? held = null;
        // The last group has nobody to leave the traffic to.
        for (int i = 0; i < groups.Length - 1; i++)
        {
            foreach (Server server in groups[i].Servers)
            {
                if (server.FailedBackAt is { } at && at > since) (held ??= []).Add(server);
            }
        }
        bool others = held is not null && services.Servers.Any(server => server.IsUsable && !held.Contains(server));
        foreach (ServerGroup group in groups) yield return others ? group.InTurn.Where(server => !held!.Contains(server)) : group.InTurn;
        if (!others) yield break;
        foreach (ServerGroup group in groups) yield return group.Servers.Where(held!.Contains);
    }
}
