using CsCheck;

namespace Rx.JsonRpc.Tests.Client.RandomFaults;

/// <summary>Draws scenarios. Sizes are small, so that a failing one can be read.</summary>
internal static class Scenarios
{
    public const int End = 8000;
    public const int RetryableCode = -32050;

    private static readonly Gen<Hedge?> AnyHedge = Gen.OneOf(
        Gen.Const((Hedge?)null),
        Gen.Int[1, 300].Select(delay => (Hedge?)Hedge.After(Milliseconds(delay))),
        Gen.Select(Gen.Double[0.05, 0.95], Gen.Int[1, 5], Gen.Int[1, 200], (quantile, samples, ceiling) =>
            (Hedge?)(Hedge.AtQuantile(quantile) with { MinimumSamples = samples, Ceiling = Milliseconds(ceiling) })));

    private static readonly Gen<RequestPolicy> AnyPolicy = Gen.Select(
        Gen.Select(Gen.Int[20, 800], Gen.Int[50, 3000], Gen.Int[-1, 3], Gen.Int[1, 300]),
        Gen.Enum<Replay>(), Gen.Bool, AnyHedge, Gen.Bool,
        (times, replay, retryable, hedge, waits) => new RequestPolicy
        {
            TryTimeout = Milliseconds(times.Item1),
            TotalTimeout = Milliseconds(times.Item2),
            Retries = times.Item3,
            Backoff = Backoff.Constant(Milliseconds(times.Item4)),
            Replay = replay,
            RetryOn = retryable ? ErrorCodes.Parse($"{RetryableCode}") : ErrorCodes.None,
            Hedge = hedge,
            WhenDisconnected = waits && replay != Replay.Never ? WhenDisconnected.Wait : WhenDisconnected.FailFast,
        });

    private static readonly Gen<PlannedRequest> AnyRequest = Gen.Select(
        Gen.Int[0, End - 3500], AnyPolicy, Gen.Bool, OneIn(10, Gen.Int[0, 1500]), OneIn(4, Gen.Int[-50, 1500]),
        (at, policy, idempotent, cancelledAfter, deadline) => new PlannedRequest(
            at,
            policy with { Deadline = deadline is { } after ? new DateTimeOffset(0, TimeSpan.Zero) + Milliseconds(Math.Max(0, at + after)) : null },
            idempotent,
            cancelledAfter));

    private static readonly Gen<RetryBudget> AnyBudget = Gen.OneOf(
        Gen.Const(RetryBudget.Off),
        Gen.Int[1, 4].Select(burst => new RetryBudget { Ratio = 0, PerSecond = 0, Burst = burst }),
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 20], Gen.Int[1, 10], (ratio, perSecond, burst) =>
            new RetryBudget { Ratio = ratio, PerSecond = perSecond, Burst = burst }));

    private static readonly Gen<Settings> AnySettings = Gen.Select(
        AnyBudget,
        Gen.Select(Gen.Int[1, 2], Gen.Int[2, 6], OneIn(4, Gen.Int[1, 5]), OneIn(4, Gen.Int[1, 3])),
        Gen.Select(Gen.Bool, Gen.Bool),
        Gen.Enum<Balancing>(),
        Gen.Select(OneIn(3, Gen.Int[1, 1000]), OneIn(3, Gen.Int[1, 1000]), OneIn(2, Gen.Int[1, 1000])),
        (budget, bounds, isOn, balancing, times) => new Settings
        {
            Budget = budget,
            Connections = bounds.Item1,
            MaxInFlightPerServer = bounds.Item2,
            MaxInFlight = bounds.Item3 ?? 1000,
            MaxWaitingRequests = bounds.Item4 ?? 1000,
            Breaker = isOn.Item1,
            Heartbeat = isOn.Item2,
            Balancing = balancing,
            FailbackDelay = times.Item1 ?? 0,
            SlowStart = times.Item2 ?? 0,
            DrainTimeout = times.Item3 ?? 100 * End,
        });

    public static Gen<Scenario> Any { get; } = Gen.Int[0, 2].Array[1, 4].SelectMany(priorities => Gen.Select(
        Gen.OneOf(Fault.AnswersFinalError, Fault.Enabled, Fault.Reranked).SelectMany(last => AnyFault(priorities.Length, last).Array[0, 20]),
        AnyRequest.Array[1, 20], AnySettings, OneIn(4, Gen.Int[0, End]),
        (faults, requests, settings, disposedAt) => new Scenario(priorities, faults, requests, settings, disposedAt ?? End)));

    private static Gen<FaultEvent> AnyFault(int servers, Fault last) => Gen.Select(
        Gen.Int[0, End - 2000], Gen.Int[0, servers - 1], Gen.Int[0, (int)last], Gen.Int[0, 700],
        (at, server, fault, amount) => new FaultEvent(at, server, (Fault)fault, amount));

    private static Gen<int?> OneIn(int times, Gen<int> some) =>
        Gen.Select(Gen.Int[1, times], some, (drawn, value) => drawn == 1 ? value : (int?)null);

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);
}
