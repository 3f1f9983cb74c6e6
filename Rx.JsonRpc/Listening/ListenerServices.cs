using System.Collections.Frozen;
using System.Net;
using System.Reactive.Concurrency;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Listening;

/// <summary>What the connections of one listener share.</summary>
internal sealed class ListenerServices
{
    private readonly Publisher<ListenerConnectionChange> _changes;
    private readonly Publisher<ListenerFailure> _failures;

    public ListenerServices(JsonRpcListenerOptions options, IScheduler clock)
    {
        Options = options;
        Clock = clock;
        Serializer = options.Serializer ?? SystemTextJsonSerializer.Instance;
        Watch = clock.StartStopwatch();
        Continuations = new Continuations(options.Continuations);
        Totals = new ListenerTotals(options, Continuations);
        Calls = new CallStream(Continuations);
        _changes = new Publisher<ListenerConnectionChange>(
            Continuations, options.MaxQueuedEvents, (_, thrown) => Report(nameof(JsonRpcListener.Connections), null, thrown));
        // What an observer of failures throws is only counted: published, it would come back to such observers.
        _failures = new Publisher<ListenerFailure>(Continuations, options.MaxQueuedEvents, (_, _) => Counters.Failed());
    }

    public JsonRpcListenerOptions Options { get; }

    public IScheduler Clock { get; }

    /// <summary>The time that silence is measured by.</summary>
    public IStopwatch Watch { get; }

    /// <summary>What all connections together may hold.</summary>
    public ListenerTotals Totals { get; }

    public IJsonRpcSerializer Serializer { get; }

    public Continuations Continuations { get; }

    public ListenerCounters Counters { get; } = new();

    public CallStream Calls { get; }

    public IObservable<ListenerConnectionChange> Changes => _changes;

    public IObservable<ListenerFailure> Failures => _failures;

    /// <summary>The handlers by method; what is not among them goes to <see cref="Calls"/>.</summary>
    public FrozenDictionary<string, Action<IncomingCall>> Handlers { get; set; } = FrozenDictionary<string, Action<IncomingCall>>.Empty;

    /// <summary>Queues a change; <see cref="FlushChanges"/> sends it on its way, without any lock.</summary>
    public void Add(ListenerConnectionChange change)
    {
        if (!_changes.TryAdd(change)) Counters.EventDropped();
    }

    public void FlushChanges() => _changes.Flush();

    public void Report(string where, EndPoint? peer, Exception thrown)
    {
        Counters.Failed();
        if (!_failures.TryPublish(new ListenerFailure(where, peer, thrown))) Counters.EventDropped();
    }

    /// <summary>A message or a reply is above the limit; that is no failure of the host's code.</summary>
    public void ReportTooLong(string where, EndPoint peer, string what, long bytes)
    {
        Counters.TooLong();
        var failure = new InvalidOperationException($"{what} {LimitTexts.TooLong(bytes, Options.MaxFrameBytes)}");
        if (!_failures.TryPublish(new ListenerFailure(where, peer, failure))) Counters.EventDropped();
    }

    public void Complete()
    {
        Calls.Complete();
        _changes.Complete();
        _failures.Complete();
    }
}
