namespace Rx.JsonRpc.Servers;

/// <summary>
/// The circuit breakers of the servers of one priority. They change their states under one lock, so that two of them cannot both be the
/// last that may be ejected by rate. All groups of a client share it, so that a breaker can go from one to another.
/// </summary>
internal sealed class BreakerGroup(Lock? gate = null)
{
    private readonly List<CircuitBreaker> _breakers = [];

    public Lock Gate { get; } = gate ?? new Lock();

    public bool IsEmptyLocked => _breakers.Count == 0;

    public void AddLocked(CircuitBreaker breaker) => _breakers.Add(breaker);

    public void RemoveLocked(CircuitBreaker breaker) => _breakers.Remove(breaker);

    /// <summary>Whether no more than half of the group would be ejected.</summary>
    public bool MayEjectOneMoreLocked() => 2 * (_breakers.Count(breaker => !breaker.IsClosed) + 1) <= _breakers.Count;
}
