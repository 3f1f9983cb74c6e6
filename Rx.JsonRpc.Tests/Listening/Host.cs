using System.IO.Pipelines;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Listening;

/// <summary>A listener in memory whose code runs inside the calls that cause it, on virtual time, and what it has seen.</summary>
internal sealed class Host
{
    private static readonly InMemoryEndPoint Place = new("service");

    private readonly InMemoryNetwork _network = new();

    public Host(JsonRpcListenerOptions? options = null, TestScheduler? clock = null)
    {
        Clock = clock ?? new TestScheduler();
        JsonRpcListenerOptions inMemory = (options ?? new()) with { Transport = _network, Continuations = PipeScheduler.Inline };
        Listener = new JsonRpcListener(Place, inMemory, Clock);
        Listener.Connections.Subscribe(Changes.Add);
        Listener.Failures.Subscribe(Failures.Add);
    }

    public TestScheduler Clock { get; }

    public JsonRpcListener Listener { get; }

    public List<IncomingCall> Calls { get; } = [];

    public List<ListenerConnectionChange> Changes { get; } = [];

    public List<ListenerFailure> Failures { get; } = [];

    public IEnumerable<string> Reasons => Changes.Select(change => $"{change.State}: {change.Reason}");

    /// <summary>Started, with every call kept and none answered.</summary>
    public static Host Keeping(JsonRpcListenerOptions? options = null, TestScheduler? clock = null)
    {
        var host = new Host(options, clock);
        host.Listener.Calls.Subscribe(host.Calls.Add);
        host.Listener.Start();
        return host;
    }

    /// <summary>Started, with every call answered by its parameters.</summary>
    public static Host Echoing(JsonRpcListenerOptions? options = null)
    {
        var host = new Host(options);
        host.Listener.Calls.Subscribe(call =>
        {
            host.Calls.Add(call);
            call.TryAnswer(call.Parameters);
        });
        host.Listener.Start();
        return host;
    }

    public static Host With(MethodTable methods, JsonRpcListenerOptions? options = null)
    {
        var host = new Host(options);
        host.Listener.Start(methods);
        return host;
    }

    public RawPeer Connect() => RawPeer.Connect(_network, Place);
}
