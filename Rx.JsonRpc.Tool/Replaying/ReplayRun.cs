using System.Reactive.Concurrency;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tool.Replaying;

/// <summary>The recorded requests once more, by another policy: the real client, on a network in memory and a clock that does not wait.</summary>
internal sealed class ReplayRun(RecordedRequests recorded, IReadOnlyList<RecordedServer> servers, ReplayPolicy policy)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromTicks(1);

    private readonly Dictionary<(string, bool), Method<RawJson, RawJson>> _methods = [];

    /// <summary>Replays them all.</summary>
    /// <returns>What became of each, in the order in which they ended.</returns>
    public IReadOnlyList<RequestRecord> Run(CancellationToken stop)
    {
        IReadOnlyList<RequestRecord> records = recorded.Records;
        var clock = new HistoricalScheduler(records[0].StartedAt);
        var network = new InMemoryNetwork(clock);
        foreach (RecordedServer server in servers) server.Play(network, clock);
        var client = new JsonRpcClient(Options(network), clock);
        client.Start();
        foreach (RecordedServer server in servers) server.HoldConnects(network);
        var replayed = new List<RequestRecord>(records.Count);
        using IDisposable recording = client.Records.Subscribe(replayed.Add);
        for (int i = 0; i < records.Count; i++)
        {
            stop.ThrowIfCancellationRequested();
            Advance(clock, records[i].StartedAt);
            Send(client, clock, records[i], i);
        }
        // The client is left as it is: it holds nothing but memory, and closing it would wait on a clock that nobody moves any more.
        Advance(clock, clock.Now + policy.Request.TotalTimeout + AtOnce);
        return replayed;
    }

    private static void Advance(HistoricalScheduler clock, DateTimeOffset to)
    {
        if (to > clock.Now) clock.AdvanceTo(to);
    }

    private void Send(JsonRpcClient client, HistoricalScheduler clock, RequestRecord record, int number)
    {
        IDisposable waiting = client.Call(MethodOf(record), RequestNumber.Parameters(number), policy.Request).Subscribe(_ => { }, _ => { });
        if (record.Outcome == OutcomeKind.Cancelled) clock.Schedule(record.Took, waiting.Dispose);
    }

    // The network seeds the client's random numbers: the same file and the same options give the same figures each time.
    private JsonRpcClientOptions Options(InMemoryNetwork network) => network.ClientOptions([.. servers.Select(server => server.Address)]) with
    {
        Reconnect = Backoff.Constant(AtOnce),
        ConnectTimeout = TimeSpan.FromDays(1),
        Breaker = policy.Breaker ? BreakerOptions.Default : BreakerOptions.Off,
        RetryBudget = policy.Budget ? RetryBudget.Default : RetryBudget.Off,
    };

    private Method<RawJson, RawJson> MethodOf(RequestRecord record)
    {
        if (_methods.TryGetValue((record.Method, record.Idempotent), out Method<RawJson, RawJson>? known)) return known;
        var method = new Method<RawJson, RawJson>(
            record.Method, RawJsonTypeInfo.Instance, RawJsonTypeInfo.Instance, record.Idempotent, allowReserved: true);
        _methods.Add((record.Method, record.Idempotent), method);
        return method;
    }
}

/// <summary>By what the recorded requests are replayed.</summary>
/// <param name="Request">The policy of each request.</param>
/// <param name="Breaker">Whether the client's breaker is on, with its defaults.</param>
/// <param name="Budget">Whether the client's retry budget is on, with its defaults.</param>
internal sealed record ReplayPolicy(RequestPolicy Request, bool Breaker, bool Budget)
{
    public override string ToString()
    {
        string retryOn = Request.RetryOn.IsEmpty ? "none" : Request.RetryOn.ToString();
        return $"try-timeout {Input.Durations.Text(Request.TryTimeout)}, total {Input.Durations.Text(Request.TotalTimeout)}, "
            + FormattableString.Invariant($"retries {Request.Retries}, replay {Request.Replay.ToString().ToLowerInvariant()}, retry-on {retryOn}, ")
            + $"breaker {(Breaker ? "on" : "off")}, budget {(Budget ? "on" : "off")}";
    }
}
