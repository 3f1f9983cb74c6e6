using System.IO.Pipelines;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>A client and its servers in one in-memory network and on one virtual clock. Milliseconds are milliseconds here.</summary>
internal sealed class ClientInVirtualTime
{
    private readonly Dictionary<string, FakeServer> _servers = [];

    public ClientInVirtualTime(TestScheduler? clock = null)
    {
        Clock = clock ?? new TestScheduler();
        Network = new InMemoryNetwork(Clock);
    }

    public TestScheduler Clock { get; }

    public InMemoryNetwork Network { get; }

    public List<ServerChange> Changes { get; } = [];

    /// <summary>Servers are "name,priority"; names ending in "!" are not started.</summary>
    public JsonRpcClient Client(string servers, Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
    {
        var addresses = new List<ServerAddress>();
        foreach (string item in servers.Split(' '))
        {
            string[] parts = item.Split(',');
            string name = parts[0].TrimEnd('!');
            var endPoint = new InMemoryEndPoint(name);
            var server = new FakeServer(Network, endPoint, Clock) { OnCall = call => call.Result($"\"{name}\"") };
            if (!parts[0].EndsWith('!')) server.Start();
            _servers.Add(name, server);
            addresses.Add(new ServerAddress(endPoint, parts.Length > 1 ? int.Parse(parts[1]) : 0));
        }
        var options = new JsonRpcClientOptions
        {
            Servers = addresses,
            Connector = Network,
            Continuations = PipeScheduler.Inline,
            Reconnect = Backoff.Constant(TimeSpan.FromMilliseconds(100)),
        };
        if (change is not null) options = change(options);
        var client = new JsonRpcClient(options, Clock);
        // As if it had been in use before; what the first use does is shown in StartTests.
        if (options.AutoStart) client.Start();
        client.Changes.Subscribe(Changes.Add);
        return client;
    }

    public FakeServer this[string name] => _servers[name];

    public long Now => Clock.Now.Ticks / TimeSpan.TicksPerMillisecond;

    public void AdvanceTo(double milliseconds) => Clock.AdvanceTo(TimeSpan.FromMilliseconds(milliseconds).Ticks);

    public Answers<T> Subscribe<T>(IObservable<T> source)
    {
        var answers = new Answers<T>(() => Now);
        answers.Subscription = source.CheckGrammar().Subscribe(answers);
        return answers;
    }
}

/// <summary>What an observer saw and when, in milliseconds.</summary>
internal sealed class Answers<T>(Func<long> now) : IObserver<T>
{
    public IDisposable Subscription { get; set; } = System.Reactive.Disposables.Disposable.Empty;

    public List<(long At, T Value)> Values { get; } = [];

    public (long At, Exception Error)? Error { get; private set; }

    public long? CompletedAt { get; private set; }

    public bool Silent => Values.Count == 0 && Error is null && CompletedAt is null;

    public T Value
    {
        get
        {
            Assert.Null(Error);
            Assert.NotNull(CompletedAt);
            return Assert.Single(Values).Value;
        }
    }

    public TException Failure<TException>() where TException : Exception
    {
        Assert.Empty(Values);
        return Assert.IsType<TException>(Error?.Error);
    }

    public void OnNext(T value) => Values.Add((now(), value));

    public void OnError(Exception error) => Error = (now(), error);

    public void OnCompleted() => CompletedAt = now();
}
