namespace Rx.JsonRpc;

/// <summary>What holds for a client at one moment; it does not change any more. Each server is looked at for itself.</summary>
public sealed record ClientSnapshot
{
    /// <summary>When, by the client's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// The servers, the highest priority first; behind them those that have been removed and still drain. One that was removed and came
    /// back meanwhile stands here twice.
    /// </summary>
    public required IReadOnlyList<ServerSnapshot> Servers { get; init; }

    /// <summary>What was wrong with the topology last; null when its last list was taken.</summary>
    public TopologyFault? TopologyFault { get; init; }

    /// <summary>How often the host's own handlers and observers have thrown since the client was made; see <see cref="JsonRpcClient.Failures"/>.</summary>
    public long Failures { get; init; }
}

/// <summary>What holds for a server at one moment.</summary>
public sealed record ServerSnapshot
{
    /// <summary>Where it listens, and how it ranks.</summary>
    public required ServerAddress Address { get; init; }

    /// <summary>Its state; <see cref="ServerState.Draining"/> and <see cref="ServerState.Disabled"/> say that it takes no requests.</summary>
    public required ServerState State { get; init; }

    /// <summary>Why it is in that state; for one that is not connected, what happened last.</summary>
    public required string Reason { get; init => field = OneLine.Of(value); }

    /// <summary>Since when it has been in that state, by the client's clock.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Requests that wait for a reply.</summary>
    public int InFlight { get; init; }

    /// <summary>Connections that are open.</summary>
    public int Connections { get; init; }

    /// <summary>Attempts to connect since a connection was open last, the present one included; of several connections, the most.</summary>
    public int ConnectAttempts { get; init; }

    /// <summary>From when on its circuit breaker lets a probe pass; null when it is not ejected.</summary>
    public DateTimeOffset? EjectedUntil { get; init; }

    /// <summary>What was dropped, by reason, since the server was added; see <see cref="Server.DroppedFor"/>.</summary>
    public required IReadOnlyDictionary<DropReason, long> Dropped { get; init; }
}
