namespace Rx.JsonRpc.Tests.Client.RandomFaults;

/// <summary>What a server's way, the server itself, or whoever looks after the servers does from a moment on.</summary>
internal enum Fault
{
    Heal,
    Refuse,
    CloseOnConnect,
    NeverConnect,
    SlowConnect,
    BlackHole,
    Latency,
    Drip,
    CutToServer,
    CutToClient,
    Garbage,
    Reset,
    KillAndRestart,
    AnswersAtOnce,
    AnswersLate,
    AnswersNever,
    AnswersByClosing,
    AnswersRetryableError,
    AnswersFinalError,
    Drained,
    Disabled,
    Enabled,
    Removed,
    Listed,
    Reranked,
}

/// <summary>From <paramref name="At"/> milliseconds on, a server behaves so; <paramref name="Amount"/> is its delay or number of bytes.</summary>
internal sealed record FaultEvent(int At, int Server, Fault Fault, int Amount);

/// <summary>A request that is subscribed at <paramref name="At"/> milliseconds, and perhaps disposed of later.</summary>
internal sealed record PlannedRequest(int At, RequestPolicy Policy, bool Idempotent, int? CancelledAfter)
{
    /// <summary>Milliseconds after which it must have ended.</summary>
    public long Due => Policy.Deadline is { } deadline
        ? Math.Clamp(deadline.UtcTicks / TimeSpan.TicksPerMillisecond - At, 0, (long)Policy.TotalTimeout.TotalMilliseconds)
        : (long)Policy.TotalTimeout.TotalMilliseconds;

    public bool Waits => Policy.WhenDisconnected == WhenDisconnected.Wait;
}

/// <summary>How the client is made; the times are in milliseconds.</summary>
internal sealed record Settings
{
    public required RetryBudget Budget { get; init; }

    public required bool Breaker { get; init; }

    public required int Connections { get; init; }

    public required int MaxInFlightPerServer { get; init; }

    public required int MaxInFlight { get; init; }

    public required int MaxWaitingRequests { get; init; }

    public required bool Heartbeat { get; init; }

    public required Balancing Balancing { get; init; }

    public required int FailbackDelay { get; init; }

    public required int SlowStart { get; init; }

    public required int DrainTimeout { get; init; }
}

/// <summary>
/// A whole story: servers by priority, what befalls them, who asks what of them, and at how many milliseconds the client is disposed.
/// </summary>
internal sealed record Scenario(int[] Priorities, FaultEvent[] Faults, PlannedRequest[] Requests, Settings Settings, int DisposedAt)
{
    /// <summary>Whether the servers are always the same, and come in the order of their priorities.</summary>
    public bool OrderIsKnown => Settings.FailbackDelay == 0 && !Faults.Any(fault => fault.Fault >= Fault.Removed);

    public override string ToString() => string.Join('\n',
        [
            $"priorities {string.Join(' ', Priorities)}, disposed at {DisposedAt}, {Settings}",
            .. Faults.OrderBy(fault => fault.At).Select(fault => fault.ToString()),
            .. Requests.Select(request => request.ToString()),
        ]);
}
