using System.IO.Pipelines;
using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>From a pool of the file to the options of its client: what the file does not say has its default.</summary>
internal static class PoolOptions
{
    private static readonly JsonRpcClientOptions Usual = new()
    {
        // A reply becomes one frame to Kamailio, without waiting for anything; another thread would only take time.
        Continuations = PipeScheduler.Inline,
        // Transactions wait while a server comes back.
        Reconnect = new Backoff { Max = TimeSpan.FromSeconds(1) },
    };

    public static JsonRpcClientOptions Of(IReadOnlyList<ServerAddress> servers, RequestPolicy policy, int maxInFlight) =>
        Usual with { Servers = servers, Policy = policy, RetryBudget = GatewayPool.RetryBudget(maxInFlight) };

    public static JsonRpcClientOptions Of(PoolConfig pool, int maxInFlight)
    {
        JsonRpcClientOptions usual = Of(pool.Servers!, Policy(pool.Policy), maxInFlight);
        return usual with
        {
            Breaker = Breaker(pool.Breaker),
            RetryBudget = Budget(pool.RetryBudget, usual.RetryBudget),
            Heartbeat = Heartbeat(pool.Heartbeat),
            ConnectTimeout = pool.ConnectTimeout ?? usual.ConnectTimeout,
            Reconnect = Backoff(pool.Reconnect, usual.Reconnect),
            MaxConnectionAttempts = pool.MaxConnectionAttempts ?? usual.MaxConnectionAttempts,
            ConnectionsPerServer = pool.ConnectionsPerServer ?? usual.ConnectionsPerServer,
            MaxInFlightPerServer = pool.MaxInFlightPerServer ?? usual.MaxInFlightPerServer,
            MaxWaitingRequests = pool.MaxWaitingRequests ?? maxInFlight,
            MaxFrameBytes = pool.MaxFrameBytes ?? usual.MaxFrameBytes,
            TcpUserTimeout = pool.TcpUserTimeout,
            Strict = pool.Strict ?? usual.Strict,
            AllowReservedMethods = pool.AllowReservedMethods ?? usual.AllowReservedMethods,
        };
    }

    public static Backoff Backoff(BackoffConfig? read, Backoff usual) => read is null ? usual : usual with
    {
        First = read.First ?? usual.First,
        Max = read.Max ?? usual.Max,
        Factor = read.Factor ?? usual.Factor,
        Jitter = read.Jitter ?? usual.Jitter,
    };

    private static RequestPolicy Policy(PolicyConfig? read)
    {
        RequestPolicy usual = RequestPolicy.Default;
        return read is null ? usual : usual with
        {
            TryTimeout = read.TryTimeout ?? usual.TryTimeout,
            TotalTimeout = read.TotalTimeout ?? usual.TotalTimeout,
            Retries = read.Retries ?? usual.Retries,
            Backoff = Backoff(read.Backoff, usual.Backoff),
            Replay = read.Replay ?? usual.Replay,
            WhenDisconnected = read.WhenDisconnected ?? usual.WhenDisconnected,
            Hedge = Hedge(read.Hedge),
            RetryOn = read.RetryOn ?? usual.RetryOn,
        };
    }

    private static Hedge? Hedge(HedgeConfig? read)
    {
        if (read is null) return null;
        Hedge usual = read.Quantile is { } quantile ? JsonRpc.Hedge.AtQuantile(quantile) : JsonRpc.Hedge.After(read.Delay!.Value);
        return usual with
        {
            MinimumSamples = read.MinimumSamples ?? usual.MinimumSamples,
            Floor = read.Floor ?? usual.Floor,
            Ceiling = read.Ceiling ?? usual.Ceiling,
        };
    }

    private static BreakerOptions Breaker(BreakerConfig? read)
    {
        BreakerOptions usual = BreakerOptions.Default;
        return read is null ? usual : usual with
        {
            Enabled = read.Enabled ?? usual.Enabled,
            ConsecutiveFailures = read.ConsecutiveFailures ?? usual.ConsecutiveFailures,
            FailureRate = read.FailureRate ?? usual.FailureRate,
            MinimumCalls = read.MinimumCalls ?? usual.MinimumCalls,
            Window = read.Window ?? usual.Window,
            FirstEjection = read.FirstEjection ?? usual.FirstEjection,
            MaxEjection = read.MaxEjection ?? usual.MaxEjection,
        };
    }

    private static RetryBudget Budget(BudgetConfig? read, RetryBudget usual) => read is null ? usual : usual with
    {
        Enabled = read.Enabled ?? usual.Enabled,
        Ratio = read.Ratio ?? usual.Ratio,
        PerSecond = read.PerSecond ?? usual.PerSecond,
        Burst = read.Burst ?? usual.Burst,
    };

    private static HeartbeatOptions Heartbeat(HeartbeatConfig? read)
    {
        // The section turns it on.
        var usual = new HeartbeatOptions();
        return read is null ? HeartbeatOptions.Off : usual with
        {
            Enabled = read.Enabled ?? usual.Enabled,
            Interval = read.Interval ?? usual.Interval,
            Timeout = read.Timeout ?? usual.Timeout,
            Method = read.Method ?? usual.Method,
        };
    }
}
