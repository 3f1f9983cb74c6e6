namespace Rx.JsonRpc.Kamailio;

/// <summary>What a pool of a gateway needs otherwise than a client of its own does.</summary>
public static class GatewayPool
{
    /// <summary>
    /// As many saved replays as transactions can be in flight: when a server falls silent, each of those that wait for it can be sent to
    /// another one, at any rate. What an outage multiplies in the long run stays bounded by <see cref="RetryBudget.Ratio"/>.
    /// </summary>
    /// <param name="maxInFlight">The gateway's <see cref="EvapiGatewayOptions.MaxInFlight"/>; at least 1.</param>
    /// <returns>The budget for <see cref="JsonRpcClientOptions.RetryBudget"/>.</returns>
    public static RetryBudget RetryBudget(int maxInFlight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxInFlight, 1);
        return JsonRpc.RetryBudget.Default with { Burst = maxInFlight };
    }
}
