using System.IO.Pipelines;
using System.Net;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

/// <summary>One server without a client around it, its peer in an in-memory network, and the virtual clock of both. In milliseconds.</summary>
internal sealed class OneServer : IConnector
{
    private static readonly EndPoint Place = new InMemoryEndPoint("a");
    private readonly Func<EndPoint, CancellationToken, ValueTask<IDuplexPipe>> _connect;

    public OneServer(
        Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null,
        Func<EndPoint, CancellationToken, ValueTask<IDuplexPipe>>? connect = null)
    {
        _connect = connect ?? Network.ConnectAsync;
        var options = new JsonRpcClientOptions
        {
            Servers = [new ServerAddress(Place)],
            Continuations = PipeScheduler.Inline,
            Reconnect = Backoff.Constant(TimeSpan.FromMilliseconds(100)),
        };
        options = change is null ? options : change(options);
        options.ThrowIfFaulty();
        var services = new ServerServices(options, this, SystemTextJsonSerializer.Instance, Clock);
        services.Changes.Subscribe(change => Changes.Add(((long)TimeSpan.FromTicks(change.At.Ticks).TotalMilliseconds, change.To, change.Reason)));
        Services = services;
        Server = new Server(options.Servers[0], services);
        Peer = new FakeServer(Network, Place, Clock);
    }

    public TestScheduler Clock { get; } = new();

    public InMemoryNetwork Network { get; } = new();

    public ServerServices Services { get; }

    public Server Server { get; }

    public FakeServer Peer { get; }

    public List<(long At, ServerState To, string Reason)> Changes { get; } = [];

    /// <summary>When it tried to connect.</summary>
    public List<long> Attempts { get; } = [];

    public long Now => Clock.Now.Ticks / TimeSpan.TicksPerMillisecond;

    public void AdvanceTo(double milliseconds) => Clock.AdvanceTo(TimeSpan.FromMilliseconds(milliseconds).Ticks);

    public (Answers<Reply<RawJson>> Answers, AttemptRecord Record) Call(string method = "m")
    {
        var record = new AttemptRecord(Server, 1, TimeSpan.Zero);
        var answers = new Answers<Reply<RawJson>>(() => Now);
        answers.Subscription = Server.Call(Raw.Method(method), default, record).CheckGrammar().Subscribe(answers);
        return (answers, record);
    }

    public Task Close() => Server.CloseAsync(new ObjectDisposedException("test"), "test", TimeSpan.FromMilliseconds(500));

    public ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        Attempts.Add(Now);
        return _connect(endPoint, cancellationToken);
    }
}
