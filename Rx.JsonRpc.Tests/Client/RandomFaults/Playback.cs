using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client.RandomFaults;

/// <summary>Plays a scenario on a virtual clock, from the first connect until every request has ended.</summary>
internal sealed class Playback
{
    private readonly TestScheduler _clock = new();
    private readonly InMemoryNetwork _network;
    private readonly ScriptedServer[] _servers;

    public Playback(Scenario scenario)
    {
        _network = new InMemoryNetwork(_clock);
        _servers = [.. scenario.Priorities.Select((_, i) => new ScriptedServer(_network, new InMemoryEndPoint(NameOf(i)), _clock))];
        var options = _network.ClientOptions([.. _servers.Select((server, i) => server.WithPriority(scenario.Priorities[i]))]) with
        {
            RetryBudget = scenario.Budget,
            Breaker = scenario.Breaker
                ? new BreakerOptions { ConsecutiveFailures = 2, MinimumCalls = 4, FirstEjection = TimeSpan.FromMilliseconds(300), Random = () => 0.5 }
                : BreakerOptions.Off,
            ConnectionsPerServer = scenario.Connections,
            MaxInFlightPerServer = scenario.MaxInFlight,
            Reconnect = Backoff.Constant(TimeSpan.FromMilliseconds(70)),
            ConnectTimeout = TimeSpan.FromMilliseconds(400),
        };
        Client = new JsonRpcClient(options, _clock);
        foreach (FaultEvent fault in scenario.Faults) At(fault.At, () => Apply(fault));
        Requests = [.. scenario.Requests.Select(Plan)];
        _clock.AdvanceTo(TimeSpan.FromMilliseconds(Scenarios.End).Ticks);
    }

    public JsonRpcClient Client { get; }

    public IReadOnlyList<PlayedRequest> Requests { get; }

    /// <summary>How often any server got a request.</summary>
    public int ReceivedOf(int request) => _servers.Sum(server => server.Received.Count(call => call.Method == MethodOf(request)));

    public static string NameOf(int server) => $"s{server}";

    private static string MethodOf(int request) => $"m{request}";

    private PlayedRequest Plan(PlannedRequest plan, int number)
    {
        var played = new PlayedRequest(plan, () => _clock.Clock / TimeSpan.TicksPerMillisecond);
        var method = new Method<RawJson, RawJson>(MethodOf(number), RawJsonTypeInfo.Instance, RawJsonTypeInfo.Instance, plan.Idempotent);
        At(plan.At, () => played.Answers.Subscription = Client.Call(method, default, plan.Policy).CheckGrammar().Subscribe(played.Answers));
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
            default: server.OnAny(answer => answer.Error(-1, "no")); break;
        }
    }
}
