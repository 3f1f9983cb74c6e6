using System.IO.Pipelines;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Kamailio;

/// <summary>A gateway between a fake Kamailio and fake servers, on one virtual clock. Milliseconds are milliseconds here.</summary>
internal sealed class GatewayInVirtualTime
{
    public GatewayInVirtualTime(TestScheduler? clock = null)
    {
        Time = new ClientInVirtualTime(clock);
        Kamailio = new FakeKamailio(Time.Network, new InMemoryEndPoint("kamailio"), () => Time.Now).Start();
    }

    public ClientInVirtualTime Time { get; }

    public FakeKamailio Kamailio { get; }

    public List<EvapiChange> Changes { get; } = [];

    public List<EvapiDiagnostic> Diagnostics { get; } = [];

    public EvapiGateway Gateway { get; private set; } = null!;

    /// <summary>The client of the pool of <see cref="Serve"/>.</summary>
    public JsonRpcClient Client { get; private set; } = null!;

    /// <summary>Serves from one pool, with one server "a" unless said.</summary>
    public EvapiGateway Serve(string servers = "a", Func<EvapiGatewayOptions, EvapiGatewayOptions>? change = null)
    {
        Client = Time.Client(servers);
        return Make(options => (change ?? (same => same))(options with { Pools = new Dictionary<string, JsonRpcClient> { ["main"] = Client } })).Serve();
    }

    public EvapiGateway Make(Func<EvapiGatewayOptions, EvapiGatewayOptions>? change = null)
    {
        var options = new EvapiGatewayOptions
        {
            Sockets = [Kamailio.EndPoint],
            Connector = Time.Network,
            Continuations = PipeScheduler.Inline,
            Reconnect = Backoff.Constant(TimeSpan.FromMilliseconds(100)),
        };
        Gateway = new EvapiGateway(change is null ? options : change(options), Time.Clock);
        Gateway.Changes.Subscribe(Changes.Add);
        Gateway.Diagnostics.Subscribe(Diagnostics.Add);
        return Gateway;
    }

    /// <summary>Each request has ended in one way, and nothing is left in flight or kept.</summary>
    public void AssertBalanced()
    {
        EvapiCounters counters = Gateway.Counters;
        Assert.Equal(0, Gateway.InFlight);
        Assert.Equal(0, Gateway.BufferedBytes);
        Assert.Equal(
            counters.Requests,
            counters.Results + counters.Errors + counters.Timeouts + counters.Failures + counters.Cancelled + counters.Lost + counters.Superseded);
    }
}
