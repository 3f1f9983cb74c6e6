using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>An object of the configuration file. What it does not know is kept, so that it can be named.</summary>
internal abstract class ConfigSection
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>The whole file. A member that is missing, or null, has the default of the options that it becomes.</summary>
internal sealed class GatewayConfig : ConfigSection
{
    [JsonConverter(typeof(SocketsConverter))]
    public IReadOnlyList<EndPoint>? Evapi { get; set; }

    [JsonConverter(typeof(TextConverter))]
    public string? DefaultPool { get; set; }

    public int? MaxInFlight { get; set; }

    public int? MaxBufferedBytes { get; set; }

    public int? MaxFrameBytes { get; set; }

    public int? MaxAnswerBytes { get; set; }

    public TimeSpan? ConnectTimeout { get; set; }

    public BackoffConfig? Reconnect { get; set; }

    public TimeSpan? DrainLimit { get; set; }

    public TimeSpan? LeavingGrace { get; set; }

    public Dictionary<string, PoolConfig?>? Pools { get; set; }
}

internal sealed class PoolConfig : ConfigSection
{
    [JsonConverter(typeof(ServersConverter))]
    public IReadOnlyList<ServerAddress>? Servers { get; set; }

    public PolicyConfig? Policy { get; set; }

    public BreakerConfig? Breaker { get; set; }

    public BudgetConfig? RetryBudget { get; set; }

    public HeartbeatConfig? Heartbeat { get; set; }

    public TimeSpan? ConnectTimeout { get; set; }

    public BackoffConfig? Reconnect { get; set; }

    public int? MaxConnectionAttempts { get; set; }

    public int? ConnectionsPerServer { get; set; }

    public int? MaxInFlightPerServer { get; set; }

    public int? MaxWaitingRequests { get; set; }

    public int? MaxFrameBytes { get; set; }

    public TimeSpan? TcpUserTimeout { get; set; }

    public bool? Strict { get; set; }

    public bool? AllowReservedMethods { get; set; }
}

internal sealed class PolicyConfig : ConfigSection
{
    public TimeSpan? TryTimeout { get; set; }

    public TimeSpan? TotalTimeout { get; set; }

    public int? Retries { get; set; }

    public BackoffConfig? Backoff { get; set; }

    public Replay? Replay { get; set; }

    public WhenDisconnected? WhenDisconnected { get; set; }

    public HedgeConfig? Hedge { get; set; }

    [JsonConverter(typeof(ErrorCodesConverter))]
    public ErrorCodes? RetryOn { get; set; }
}

internal sealed class HedgeConfig : ConfigSection
{
    public TimeSpan? Delay { get; set; }

    public double? Quantile { get; set; }

    public int? MinimumSamples { get; set; }

    public TimeSpan? Floor { get; set; }

    public TimeSpan? Ceiling { get; set; }
}

internal sealed class BackoffConfig : ConfigSection
{
    public TimeSpan? First { get; set; }

    public TimeSpan? Max { get; set; }

    public double? Factor { get; set; }

    public bool? Jitter { get; set; }
}

internal sealed class BreakerConfig : ConfigSection
{
    public bool? Enabled { get; set; }

    public int? ConsecutiveFailures { get; set; }

    public double? FailureRate { get; set; }

    public int? MinimumCalls { get; set; }

    public TimeSpan? Window { get; set; }

    public TimeSpan? FirstEjection { get; set; }

    public TimeSpan? MaxEjection { get; set; }
}

internal sealed class BudgetConfig : ConfigSection
{
    public bool? Enabled { get; set; }

    public double? Ratio { get; set; }

    public double? PerSecond { get; set; }

    public double? Burst { get; set; }
}

internal sealed class HeartbeatConfig : ConfigSection
{
    public bool? Enabled { get; set; }

    public TimeSpan? Interval { get; set; }

    public TimeSpan? Timeout { get; set; }

    [JsonConverter(typeof(TextConverter))]
    public string? Method { get; set; }
}
