namespace Rx.JsonRpc.Tests.Client.RandomFaults;

/// <summary>What a server's way, or the server itself, does from a moment on.</summary>
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
}

/// <summary>From <paramref name="At"/> milliseconds on, a server behaves so; <paramref name="Amount"/> is its delay or number of bytes.</summary>
internal sealed record FaultEvent(int At, int Server, Fault Fault, int Amount);

/// <summary>A request that is subscribed at <paramref name="At"/> milliseconds, and perhaps disposed of later.</summary>
internal sealed record PlannedRequest(int At, RequestPolicy Policy, bool Idempotent, int? CancelledAfter);

/// <summary>A whole story: servers by priority, what befalls them, and who asks what of them.</summary>
internal sealed record Scenario(
    int[] Priorities, FaultEvent[] Faults, PlannedRequest[] Requests, RetryBudget Budget, bool Breaker, int Connections, int MaxInFlight)
{
    public override string ToString() => string.Join('\n',
        [
            $"priorities {string.Join(' ', Priorities)}, {Connections} connections each, {MaxInFlight} in flight each, breaker {Breaker}, {Budget}",
            .. Faults.OrderBy(fault => fault.At).Select(fault => fault.ToString()),
            .. Requests.Select(request => request.ToString()),
        ]);
}
