using CsCheck;

namespace Rx.JsonRpc.Tests.Client.RandomFaults;

/// <summary>Draws scenarios. Sizes are small, so that a failing one can be read.</summary>
internal static class Scenarios
{
    public const int End = 8000;
    public const int RetryableCode = -32050;

    private static readonly Gen<RequestPolicy> AnyPolicy = Gen.Select(
        Gen.Int[20, 800], Gen.Int[50, 3000], Gen.Int[-1, 3], Gen.Enum<Replay>(), Gen.Bool, Gen.Int[1, 300],
        (tryTimeout, total, retries, replay, retryable, backoff) => new RequestPolicy
        {
            TryTimeout = TimeSpan.FromMilliseconds(tryTimeout),
            TotalTimeout = TimeSpan.FromMilliseconds(total),
            Retries = retries,
            Replay = replay,
            RetryOn = retryable ? ErrorCodes.Parse($"{RetryableCode}") : ErrorCodes.None,
            Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(backoff)),
        });

    private static readonly Gen<PlannedRequest> AnyRequest = Gen.Select(
        Gen.Int[0, End - 3500], AnyPolicy, Gen.Bool, Gen.Int[0, 9], Gen.Int[0, 1500],
        (at, policy, idempotent, cancels, after) => new PlannedRequest(at, policy, idempotent, cancels == 0 ? after : null));

    private static readonly Gen<RetryBudget> AnyBudget = Gen.OneOf(
        Gen.Const(RetryBudget.Off),
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 20], Gen.Int[1, 10], (ratio, perSecond, burst) =>
            new RetryBudget { Ratio = ratio, PerSecond = perSecond, Burst = burst }));

    public static Gen<Scenario> Any { get; } = Gen.Int[0, 2].Array[1, 4].SelectMany(priorities => Gen.Select(
        AnyFault(priorities.Length).Array[0, 20], AnyRequest.Array[1, 20], AnyBudget, Gen.Bool, Gen.Int[1, 2], Gen.Int[2, 6],
        (faults, requests, budget, breaker, connections, most) =>
            new Scenario(priorities, faults, requests, budget, breaker, connections, most)));

    private static Gen<FaultEvent> AnyFault(int servers) => Gen.Select(
        Gen.Int[0, End - 2000], Gen.Int[0, servers - 1], Gen.Enum<Fault>(), Gen.Int[0, 700],
        (at, server, fault, amount) => new FaultEvent(at, server, fault, amount));
}
