using System.Diagnostics;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Bench.Limits;

/// <summary>Requests to servers in memory that answer at once: what the library costs, and nothing else.</summary>
internal sealed class InMemoryLoad
{
    private static readonly RequestPolicy Unhurried = new() { TryTimeout = TimeSpan.FromHours(1), TotalTimeout = TimeSpan.FromHours(2) };
    private static readonly RawJson Parameters = RawJson.Parse("""{"id":1234}""");

    private readonly JsonRpcClient _client;

    public InMemoryLoad(int servers, string result)
    {
        var network = new InMemoryNetwork();
        ServerAddress[] addresses = [.. Enumerable.Range(0, servers).Select(i => new ServerAddress(new InMemoryEndPoint($"s{i}")))];
        foreach (ServerAddress address in addresses) FixedAnswers.Start(network, (InMemoryEndPoint)address.EndPoint, result, atOnce: true);
        _client = new JsonRpcClient(network.ClientOptions(addresses) with { Policy = Unhurried });
        NanosecondsPerRequest(10_000);
    }

    public double NanosecondsPerRequest(int requests)
    {
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < requests; i++)
        {
            AsyncSubject<RawJson> awaited = _client.Request("get_user", Parameters).GetAwaiter();
            if (!awaited.IsCompleted) throw new InvalidOperationException("An answer in memory is there at once.");
            awaited.GetResult();
        }
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / requests;
    }
}
