using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client.RandomFaults;

/// <summary>A request of a scenario, and what became of it.</summary>
internal sealed class PlayedRequest(PlannedRequest plan, Func<long> now)
{
    public PlannedRequest Plan => plan;

    public Answers<Reply<RawJson>> Answers { get; } = new(now);

    /// <summary>What the client said of its servers in the moment in which the request failed.</summary>
    public IReadOnlyList<ServerSnapshot> ServersAtItsFailure { get; set; } = [];

    public bool Hedged => plan.Policy.Hedge is not null && Replay == Replay.Always;

    public bool Ended => Answers.Error is not null || Answers.CompletedAt is not null;

    public long EndedAt => Answers.Error?.At ?? Answers.CompletedAt ?? long.MaxValue;

    public IReadOnlyList<Attempt> Attempts =>
        Answers.Error is { } failed ? (failed.Error as JsonRpcException)?.Attempts ?? []
        : Answers.Values.Count == 1 ? Answers.Values[0].Value.Attempts
        : [];

    public Replay Replay => plan.Policy.Replay == Replay.IfNotWritten && plan.Idempotent ? Replay.Always : plan.Policy.Replay;
}
