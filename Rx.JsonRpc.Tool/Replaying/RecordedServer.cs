using System.Net;
using System.Reactive.Concurrency;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tool.Replaying;

/// <summary>A server that is there when it was there in the recording, and answers as it answered then.</summary>
internal sealed class RecordedServer
{
    private readonly Dictionary<string, NearestSamples> _byMethod = [];
    private readonly NearestSamples _all = new();
    private readonly Availability _availability = new();
    private readonly Dictionary<int, int> _timesAsked = [];
    private readonly IReadOnlyList<RequestRecord> _records;

    public RecordedServer(ServerAddress address, IReadOnlyList<RequestRecord> records)
    {
        Address = address;
        _records = records;
    }

    /// <summary>Where it is, as it was recorded last.</summary>
    public ServerAddress Address { get; set; }

    public void Add(RequestRecord record, in Attempt attempt)
    {
        _availability.Add(record, attempt);
        if (!Sample.TryOf(record, attempt, out Sample sample)) return;
        if (!_byMethod.TryGetValue(record.Method, out NearestSamples? samples)) _byMethod.Add(record.Method, samples = new NearestSamples());
        samples.Add(sample);
        _all.Add(sample);
    }

    public void Sort()
    {
        foreach (NearestSamples samples in _byMethod.Values) samples.Sort();
        _all.Sort();
        _availability.Sort();
    }

    /// <summary>Listens in a network, or keeps away from it, by the recording's clock.</summary>
    public void Play(InMemoryNetwork network, IScheduler clock)
    {
        EndPoint place = Address.EndPoint;
        InMemoryRoute route = network.At(place);
        ScriptedServer server = new ScriptedServer(network, place, clock).OnAny((call, answer) => Answer(call, answer, clock.Now));
        // The very first connect is waited for by requests, so it has to be refused, not left open.
        if (!_availability.StartsConnected) route.Refuse();
        foreach ((DateTimeOffset at, bool connected) in _availability.Changes())
        {
            clock.Schedule(at, () =>
            {
                if (connected)
                {
                    server.Start();
                    route.Heal();
                }
                else
                {
                    // Who connects now is let through as soon as the server is there again: its return waits for no backoff.
                    route.NeverConnect();
                    server.Kill();
                }
            });
        }
    }

    /// <summary>After the client's first connects: from now on connecting to an absent server ends when the server comes.</summary>
    public void HoldConnects(InMemoryNetwork network)
    {
        if (!_availability.StartsConnected) network.At(Address.EndPoint).NeverConnect();
    }

    private void Answer(ScriptedCall call, ScriptedAnswer answer, DateTimeOffset now)
    {
        int request = RequestNumber.Of(call.Parameters);
        int times = _timesAsked.GetValueOrDefault(request);
        _timesAsked[request] = times + 1;
        Sample? sample = Own(request, times, now) ?? Nearest(call.Method, now);
        if (sample is { Fate: Fate.Result } result) answer.Result("null").After(result.Took);
        else if (sample is { Fate: Fate.Error } error) answer.Error(error.ErrorCode, "recorded").After(error.Took);
        else answer.Never();
    }

    private Sample? Nearest(string method, DateTimeOffset now) =>
        (_byMethod.TryGetValue(method, out NearestSamples? samples) ? samples.At(now) : null) ?? _all.At(now);

    /// <summary>The request's own attempt here: for its second try here the second one, and so on.</summary>
    private Sample? Own(int request, int times, DateTimeOffset now)
    {
        RequestRecord record = _records[request];
        foreach (Attempt attempt in record.Attempts)
        {
            if (attempt.Server.Identity != Address.Identity || !Sample.TryOf(record, attempt, out Sample sample) || times-- > 0) continue;
            return sample.Fate == Fate.Lost && sample.End <= now ? null : sample;
        }
        return null;
    }
}
