namespace Rx.JsonRpc.Testing;

/// <summary>What happens to whoever connects.</summary>
internal enum ConnectFault
{
    None,
    Refused,
    ClosedAtOnce,
    Unanswered,
}

/// <summary>What is wrong on the way to one end point. Immutable: a change is one exchange.</summary>
internal sealed record InMemoryFaults
{
    public static InMemoryFaults None { get; } = new();

    public ConnectFault Connect { get; init; }

    public TimeSpan ConnectDelay { get; init; }

    public bool BlackHole { get; init; }

    public TimeSpan LatencyToServer { get; init; }

    public TimeSpan LatencyToClient { get; init; }

    public int DripBytes { get; init; }

    public TimeSpan DripEach { get; init; }

    public long CutToServer { get; init; } = long.MaxValue;

    public long CutToClient { get; init; } = long.MaxValue;

    public byte[] Garbage { get; init; } = [];

    public TimeSpan Latency(bool toServer) => toServer ? LatencyToServer : LatencyToClient;

    public long Cut(bool toServer) => toServer ? CutToServer : CutToClient;

    public bool Slows(bool toServer) => BlackHole || DripBytes > 0 || Latency(toServer) > TimeSpan.Zero;
}
