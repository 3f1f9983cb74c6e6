using System.Net;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;
using static Rx.JsonRpc.Tests.Listening.ProtocolTests;

namespace Rx.JsonRpc.Tests.Listening;

public class ObserverTests
{
    [Fact]
    public void Calls_ObserverThrows_CallFailsAndTheNextIsServed()
    {
        var host = new Host();
        host.Listener.Calls.Subscribe(call =>
        {
            if (call.Method == "bad") throw new InvalidOperationException("oops");
            call.TryAnswer(default);
        });
        host.Listener.Start();
        RawPeer peer = host.Connect();

        Assert.Equal("""{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":1}""", peer.Ask("""{"method":"bad","id":1}"""));
        Assert.Equal(Reply("null", "2"), peer.Ask("""{"method":"good","id":2}"""));
        Assert.Equal(["bad"], host.Failures.Select(failure => failure.Where));
    }

    [Fact]
    public void Events_ObserverThrows_IsUnsubscribedAndOthersStillSeeThem()
    {
        var host = new Host();
        host.Listener.Connections.Subscribe(_ => throw new InvalidOperationException("oops"));
        host.Listener.Failures.Subscribe(_ => throw new InvalidOperationException("again"));
        var later = new List<ListenerConnectionChange>();
        host.Listener.Connections.Subscribe(later.Add);
        host.Listener.Start();

        host.Connect().Reset();

        Assert.Equal(2, later.Count);
        Assert.Equal(["Connections"], host.Failures.Select(failure => failure.Where));
        Assert.Equal(2, host.Listener.Counters.Failures);
    }

    [Fact]
    public void Calls_AnswerCausesTheNextCall_NoOverlap()
    {
        var host = new Host();
        RawPeer? peer = null;
        var order = new List<string>();
        var watch = new GrammarObserver<IncomingCall>(System.Reactive.Observer.Create<IncomingCall>(call =>
        {
            order.Add($"+{call.Id}");
            call.TryAnswer(default);
            // The peer's next call arrives inside this very call, because everything is inline.
            if (call.Id == RawJson.Parse("1")) peer!.Send("""{"method":"m","id":2}""");
            order.Add($"-{call.Id}");
        }));
        host.Listener.Calls.Subscribe(watch);
        host.Listener.Start();
        peer = host.Connect();

        peer.Send("""{"method":"m","id":1}""");

        Assert.Equal(["+1", "-1", "+2", "-2"], order);
        Assert.Empty(watch.Faults);
    }

    [Fact]
    public async Task Observables_ManyPeersAtOnce_KeepTheGrammar()
    {
        var network = new Rx.JsonRpc.Testing.InMemoryNetwork();
        var place = new Rx.JsonRpc.Testing.InMemoryEndPoint("busy");
        var listener = new JsonRpcListener(place, new() { Transport = network, MaxQueuedEvents = 100_000 });
        var order = new System.Collections.Concurrent.ConcurrentQueue<(EndPoint Peer, int Id)>();
        var calls = new GrammarObserver<IncomingCall>(System.Reactive.Observer.Create<IncomingCall>(call =>
        {
            order.Enqueue((call.RemoteEndPoint, int.Parse(call.Id.ToString())));
            call.TryAnswer(default);
        }));
        var changes = new GrammarObserver<ListenerConnectionChange>();
        listener.Calls.Subscribe(calls);
        listener.Connections.Subscribe(changes);
        listener.Start();

        Parallel.For(0, 8, _ =>
        {
            RawPeer peer = RawPeer.Connect(network, place);
            for (int i = 0; i < 200; i++) peer.Send($$"""{"method":"m","id":{{i}}}""");
            Assert.True(SpinWait.SpinUntil(() => peer.Read()?.Contains("\"id\":199") == true, TimeSpan.FromSeconds(10)));
        });
        await listener.DisposeAsync();

        Assert.True(SpinWait.SpinUntil(() => calls.Terminals + changes.Terminals == 2, TimeSpan.FromSeconds(10)));
        Assert.Equal((1600, 16), (calls.Values, changes.Values));
        Assert.Empty(calls.Faults);
        Assert.Empty(changes.Faults);
        Assert.All(order.GroupBy(call => call.Peer), peer => Assert.Equal(Enumerable.Range(0, 200), peer.Select(call => call.Id)));
    }

    [Fact]
    public void Accepting_Fails_ReportedAndConnectionsStay()
    {
        var transport = new BrokenTransport();
        var listener = new JsonRpcListener(new IPEndPoint(IPAddress.Loopback, 0), new()
        {
            Transport = transport,
            Continuations = System.IO.Pipelines.PipeScheduler.Inline,
        });
        var failures = new List<ListenerFailure>();
        listener.Failures.Subscribe(failures.Add);

        listener.Start();

        Assert.IsType<IOException>(Assert.Single(failures).Exception);
    }

    private sealed class BrokenTransport : IListenerTransport, IAcceptor
    {
        public EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public IAcceptor Listen(EndPoint endPoint) => this;

        public ValueTask<AcceptedConnection?> AcceptAsync(CancellationToken cancellationToken = default) =>
            ValueTask.FromException<AcceptedConnection?>(new IOException("broken"));

        public void Dispose()
        {
        }
    }
}
