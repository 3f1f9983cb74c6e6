namespace Rx.JsonRpc.Servers;

/// <summary>
/// The circuit breakers of the servers of one priority. They change their states under one lock, so that two of them cannot both be the
/// last that may be ejected by rate.
/// </summary>
internal sealed class BreakerGroup
{
    private readonly List<CircuitBreaker> _breakers = [];

    public Lock Gate { get; } = new();

    /// <summary>Before any call is made.</summary>
    public void Add(CircuitBreaker breaker) => _breakers.Add(breaker);

    /// <summary>Whether no more than half of the group would be ejected.</summary>
    public bool MayEjectOneMoreLocked() => 2 * (_breakers.Count(breaker => !breaker.IsClosed) + 1) <= _breakers.Count;
}
