namespace Rx.JsonRpc.Servers;

/// <summary>The breaker groups of one client, by priority. A server that takes no requests is in none of them: it is nobody's other half.</summary>
internal sealed class BreakerGroups(BreakerOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, BreakerGroup> _groups = [];

    /// <summary>A breaker for a server of that priority.</summary>
    public CircuitBreaker Make(int priority)
    {
        lock (_gate) return new CircuitBreaker(options, OfLocked(priority));
    }

    /// <summary>Takes the breaker into the group of that priority, out of any other.</summary>
    public void Join(CircuitBreaker breaker, int priority)
    {
        lock (_gate)
        {
            breaker.LeaveLocked();
            breaker.JoinLocked(OfLocked(priority));
            ForgetEmptyLocked();
        }
    }

    /// <summary>Takes the breaker out of its group; it still judges what is under way.</summary>
    public void Leave(CircuitBreaker breaker)
    {
        lock (_gate)
        {
            breaker.LeaveLocked();
            ForgetEmptyLocked();
        }
    }

    private BreakerGroup OfLocked(int priority)
    {
        if (!_groups.TryGetValue(priority, out BreakerGroup? group)) _groups.Add(priority, group = new BreakerGroup(_gate));
        return group;
    }

    private void ForgetEmptyLocked()
    {
        foreach ((int priority, BreakerGroup group) in _groups)
        {
            if (group.IsEmptyLocked) _groups.Remove(priority);
        }
    }
}
