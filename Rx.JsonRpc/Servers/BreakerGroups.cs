namespace Rx.JsonRpc.Servers;

/// <summary>
/// The circuit breakers of one client, by priority. They change their states under one lock, so that two of them cannot both be the last
/// that may be ejected by rate. A server that takes no requests is in no group: it is nobody's other half.
/// </summary>
internal sealed class BreakerGroups(BreakerOptions options, Func<double> random)
{
    private readonly HashSet<CircuitBreaker> _breakers = [];

    public Lock Gate { get; } = new();

    /// <summary>A breaker for a server of that priority.</summary>
    public CircuitBreaker Make(int priority)
    {
        var made = new CircuitBreaker(options, random, this);
        Join(made, priority);
        return made;
    }

    /// <summary>Takes the breaker into the group of that priority, out of any other.</summary>
    public void Join(CircuitBreaker breaker, int priority)
    {
        lock (Gate)
        {
            breaker.Priority = priority;
            _breakers.Add(breaker);
        }
    }

    /// <summary>Takes the breaker out of its group; it still judges what is under way.</summary>
    public void Leave(CircuitBreaker breaker)
    {
        lock (Gate) _breakers.Remove(breaker);
    }

    /// <summary>Whether no more than half of the group would be ejected.</summary>
    public bool MayEjectOneMoreLocked(int priority)
    {
        CircuitBreaker[] group = [.. _breakers.Where(breaker => breaker.Priority == priority)];
        return 2 * (group.Count(breaker => !breaker.IsClosed) + 1) <= group.Length;
    }
}
