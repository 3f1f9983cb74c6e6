using System.Reactive.Concurrency;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>What all subscriptions of one request go by; a subscription keeps no copies of it.</summary>
internal abstract class RequestTerms
{
    public abstract string Method { get; }

    /// <summary>Whether the method is idempotent.</summary>
    public abstract bool Idempotent { get; }

    /// <summary>Whether it is tried on one server and no other.</summary>
    public virtual bool IsForOneServer => Policy.Replay == Replay.Never;

    public abstract RequestPolicy Policy { get; }

    /// <summary>Where it is entered while it is open.</summary>
    public abstract OpenRequests OpenRequests { get; }

    public abstract ReplayTokens ReplayTokens { get; }

    public abstract IStopwatch Stopwatch { get; }

    /// <summary>What a deadline is told by.</summary>
    public abstract IScheduler Clock { get; }

    /// <summary>What is told of its end, before its observer; null to tell nobody.</summary>
    public abstract RequestRecorder? Recorder { get; }

    /// <summary>Where the code behind an <c>await</c> of it runs.</summary>
    public abstract Continuations Continuations { get; }

    /// <summary>Reports what its observer threw.</summary>
    public abstract void Report(Exception thrown);

    /// <summary>Makes the hedge of one subscription; null for none.</summary>
    public abstract HedgePlan? NewHedge();

    /// <summary>Whether another attempt may follow this failure.</summary>
    public bool MayMove(Exception failure) => ReplayRules.MayMove(failure, Policy.Replay, Idempotent);
}
