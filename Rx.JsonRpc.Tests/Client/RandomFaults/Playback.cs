using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client.RandomFaults;

/// <summary>Plays a scenario on a virtual clock, from the first connect until every request has ended.</summary>
internal sealed class Playback
{
    private readonly BoundedTestScheduler _clock = new();
    private readonly InMemoryNetwork _network;
    private readonly ScriptedServer[] _servers;
    private readonly BehaviorSubject<IReadOnlyList<ServerAddress>> _topology;
    private readonly ServerAddress[] _addresses;

    public Playback(Scenario scenario)
    {
        _network = new InMemoryNetwork(_clock);
        _servers = [.. scenario.Priorities.Select((_, i) => new ScriptedServer(_network, new InMemoryEndPoint(NameOf(i)), _clock))];
        _addresses = [.. _servers.Select((server, i) => server.WithPriority(scenario.Priorities[i]))];
        _topology = new BehaviorSubject<IReadOnlyList<ServerAddress>>(_addresses);
        Client = new JsonRpcClient(Options(scenario.Settings), _clock);
        Client.Start();
        Client.Records.Subscribe(Records.Add);
        foreach (FaultEvent fault in scenario.Faults) At(fault.At, () => Apply(fault));
        Requests = [.. scenario.Requests.Select(Plan)];
        _clock.AdvanceTo(TimeSpan.FromMilliseconds(scenario.DisposedAt).Ticks);
        InFlightAtTheEnd = Client.Snapshot().Servers.Sum(server => server.InFlight);
        if (scenario.DisposedAt == Scenarios.End) Recoveries = [.. Recover()];
        Disposed = Client.DisposeAsync().AsTask();
        if (!Disposed.IsCompleted) _clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Disposed.Wait(TimeSpan.FromSeconds(30));
        _clock.Start();
    }

    public Task? Disposed { get; }

    /// <summary>How every request ended, also those whose observer was gone.</summary>
    public List<RequestRecord> Records { get; } = [];

    /// <summary>For each server, once nothing is wrong any more and it alone is asked: who answered, and its state. Empty when disposed before.</summary>
    public IReadOnlyList<(string Server, string? AnsweredBy, ServerState State)> Recoveries { get; } = [];

    public int InFlightAtTheEnd { get; }

    /// <summary>When the last timer was due, in milliseconds.</summary>
    public long StoppedAt => _clock.Clock / TimeSpan.TicksPerMillisecond;

    public JsonRpcClient Client { get; }

    public IReadOnlyList<PlayedRequest> Requests { get; }

    /// <summary>How often any server got a request.</summary>
    public int ReceivedOf(int request) => _servers.Sum(server => server.Received.Count(call => call.Method == MethodOf(request)));

    public static string NameOf(int server) => $"s{server}";

    public static string MethodOf(int request) => $"m{request}";

    private JsonRpcClientOptions Options(Settings settings) => _network.ClientOptions() with
    {
        Topology = _topology,
        RetryBudget = settings.Budget,
        Breaker = settings.Breaker
            ? new BreakerOptions { ConsecutiveFailures = 2, MinimumCalls = 4, FirstEjection = TimeSpan.FromMilliseconds(300), MaxEjection = TimeSpan.FromSeconds(1) }
            : BreakerOptions.Off,
        Heartbeat = settings.Heartbeat
            ? new HeartbeatOptions { Interval = TimeSpan.FromMilliseconds(150), Timeout = TimeSpan.FromMilliseconds(90) }
            : HeartbeatOptions.Off,
        Balancing = settings.Balancing,
        Random = new Random(settings.SlowStart).NextDouble,
        FailbackDelay = TimeSpan.FromMilliseconds(settings.FailbackDelay),
        SlowStart = TimeSpan.FromMilliseconds(settings.SlowStart),
        DrainTimeout = TimeSpan.FromMilliseconds(settings.DrainTimeout),
        ConnectionsPerServer = settings.Connections,
        MaxInFlightPerServer = settings.MaxInFlightPerServer,
        MaxInFlight = settings.MaxInFlight,
        MaxWaitingRequests = settings.MaxWaitingRequests,
        Reconnect = Backoff.Constant(TimeSpan.FromMilliseconds(70)),
        ConnectTimeout = TimeSpan.FromMilliseconds(400),
    };

    private PlayedRequest Plan(PlannedRequest plan, int number)
    {
        var played = new PlayedRequest(plan, () => _clock.Clock / TimeSpan.TicksPerMillisecond);
        var method = new Method<RawJson, RawJson>(MethodOf(number), RawJsonTypeInfo.Instance, RawJsonTypeInfo.Instance, plan.Idempotent);
        IObservable<Reply<RawJson>> call = Client.Call(method, default, plan.Policy).Do(_ => { }, _ => played.ServersAtItsFailure = Client.Snapshot().Servers);
        At(plan.At, () => played.Answers.Subscription = call.CheckGrammar().Subscribe(played.Answers));
        if (plan.CancelledAfter is { } after) At(plan.At + after, () => played.Answers.Subscription.Dispose());
        return played;
    }

    private void At(int milliseconds, Action action) => _clock.Schedule(TimeSpan.FromMilliseconds(milliseconds), action);

    private void Apply(FaultEvent fault)
    {
        ScriptedServer server = _servers[fault.Server];
        InMemoryRoute route = _network.At(NameOf(fault.Server));
        var time = TimeSpan.FromMilliseconds(fault.Amount);
        switch (fault.Fault)
        {
            case Fault.Heal: route.Heal(); break;
            case Fault.Refuse: route.Refuse(); break;
            case Fault.CloseOnConnect: route.CloseOnConnect(); break;
            case Fault.NeverConnect: route.NeverConnect(); break;
            case Fault.SlowConnect: route.ConnectDelay(time); break;
            case Fault.BlackHole: route.BlackHole(); break;
            case Fault.Latency: route.Latency(time); break;
            case Fault.Drip: route.Drip(1 + fault.Amount / 50, TimeSpan.FromMilliseconds(20)); break;
            case Fault.CutToServer: route.CutToServerAfter(fault.Amount / 4); break;
            case Fault.CutToClient: route.CutToClientAfter(fault.Amount / 4); break;
            case Fault.Garbage: route.Garbage("7:nothing"u8); break;
            case Fault.Reset: route.Reset(); break;
            case Fault.KillAndRestart:
                server.Kill();
                At(fault.Amount, () => server.Start());
                break;
            case Fault.AnswersAtOnce: server.OnAny(answer => answer.Result($"\"{NameOf(fault.Server)}\"")); break;
            case Fault.AnswersLate: server.OnAny(answer => answer.Result($"\"{NameOf(fault.Server)}\"").After(time)); break;
            case Fault.AnswersNever: server.OnAny(answer => answer.Never()); break;
            case Fault.AnswersByClosing: server.OnAny(answer => answer.Close()); break;
            case Fault.AnswersRetryableError: server.OnAny(answer => answer.Error(Scenarios.RetryableCode, "busy")); break;
            case Fault.AnswersFinalError: server.OnAny(answer => answer.Error(-1, "no")); break;
            case Fault.Drained: Order(Client.Drain, fault.Server); break;
            case Fault.Disabled: Order(Client.Disable, fault.Server); break;
            case Fault.Enabled: Order(Client.Enable, fault.Server); break;
            case Fault.Removed: List([.. _topology.Value.Where(listed => listed.EndPoint != _addresses[fault.Server].EndPoint)]); break;
            case Fault.Listed: List([.. _topology.Value.Where(listed => listed.EndPoint != _addresses[fault.Server].EndPoint), _addresses[fault.Server]]); break;
            case Fault.Reranked: List([.. _topology.Value.Select(listed => listed with { Priority = (listed.Priority + fault.Amount) % 3 })]); break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault, null);
        }
    }

    private IEnumerable<(string Server, string? AnsweredBy, ServerState State)> Recover()
    {
        List(_addresses);
        for (int i = 0; i < _servers.Length; i++)
        {
            Apply(new FaultEvent(0, i, Fault.AnswersAtOnce, 0));
            Apply(new FaultEvent(0, i, Fault.Heal, 0));
            Apply(new FaultEvent(0, i, Fault.Reset, 0));
        }
        foreach (ServerAddress asked in _addresses)
        {
            foreach (ServerAddress other in _addresses) Client.Drain(other);
            Client.Enable(asked);
            // Longer than any ejection. The first call may be a probe.
            _clock.AdvanceBy(TimeSpan.FromSeconds(2).Ticks);
            Client.Request("probe").Subscribe(_ => { }, _ => { });
            _clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
            string? answered = null;
            Client.Request("recovered").Subscribe(by => answered = $"memory:{by.ToString().Trim('"')}", _ => { });
            _clock.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
            yield return (asked.ToString(), answered, Client.Snapshot().Servers.Single(server => server.Address.EndPoint == asked.EndPoint).State);
        }
    }

    private void List(IReadOnlyList<ServerAddress> servers) => _topology.OnNext(servers);

    private void Order(Action<ServerAddress> order, int server)
    {
        bool listed = _topology.Value.Any(address => address.EndPoint == _addresses[server].EndPoint);
        if (listed && Disposed is null) order(_addresses[server]);
    }
}
