using System.Reactive;
using System.Reactive.Concurrency;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>Publishes how a client's requests ended; makes nothing while nobody observes.</summary>
internal sealed class RequestRecorder(Publisher<RequestRecord> records, IScheduler clock)
{
    private long _dropped;

    /// <summary>How many records found the queue full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Records a request whose trail is sealed.</summary>
    public void Record(RequestTrail trail, OutcomeKind outcome)
    {
        if (!records.HasObservers) return;
        TimeSpan took = trail.Elapsed;
        var record = new RequestRecord(trail.Method, trail.Terms.Idempotent, clock.Now - took, took, outcome, trail.Attempts);
        if (!records.TryPublish(record)) Interlocked.Increment(ref _dropped);
    }

    /// <summary>Records a request that failed.</summary>
    public void Record(RequestTrail trail, Exception failure) => Record(trail, Outcome<Unit>.From(failure).Kind);
}
