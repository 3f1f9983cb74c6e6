using System.Collections.Concurrent;
using System.Net;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Tests.Listening;

/// <summary>
/// Two listeners on loopback TCP that are stopped and started again in turn under load. Only counts are asserted; the long run is
/// <c>bench rolling</c>.
/// </summary>
public class RollingRestartTests
{
    private const int Rounds = 3;
    private const int Workers = 32;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly RequestPolicy Patient = new() { TryTimeout = Limit, TotalTimeout = Limit };

    private readonly ConcurrentDictionary<long, int> _ran = new();
    private readonly ConcurrentBag<Exception> _lost = [];
    private readonly Task[] _accepted = new Task[2];
    private long _sent;
    private long _answered;
    private volatile bool _over;

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restarts_UnderLoad_LoseNoCallAndRunNoneTwice(bool idempotent)
    {
        var any = new IPEndPoint(IPAddress.Loopback, 0);
        JsonRpcListener[] listeners = [Start(0, any), Start(1, any)];
        var options = new JsonRpcClientOptions
        {
            Servers = [.. listeners.Select(listener => new ServerAddress(listener.LocalEndPoint))],
            Reconnect = new Backoff { First = TimeSpan.FromMilliseconds(20), Max = TimeSpan.FromMilliseconds(100) },
        };
        await using var client = new JsonRpcClient(options);
        var method = new Method<RawJson, RawJson>("m", RawJsonTypeInfo.Instance, RawJsonTypeInfo.Instance, idempotent);
        Task load = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => Load(client, method))));

        for (int stop = 0; stop < 2 * Rounds; stop++)
        {
            int which = stop % 2;
            await _accepted[1 - which].WaitAsync(Limit);
            await Connected(client);
            EndPoint place = listeners[which].LocalEndPoint;
            await listeners[which].StopAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(0, listeners[which].ConnectionCount);
            listeners[which] = Start(which, place);
        }
        _over = true;
        await load;

        Assert.Equal("", string.Join("\n", _lost.Select(failure => failure.Message).Distinct().Take(5)));
        Assert.Equal(_sent, _answered);
        Assert.Equal(_sent, _ran.Count);
        Assert.DoesNotContain(_ran.Values, times => times > 1);
        foreach (JsonRpcListener listener in listeners) await listener.DisposeAsync();
    }

    private JsonRpcListener Start(int which, EndPoint place)
    {
        var listener = new JsonRpcListener(place);
        // The client may still believe in the connection to the one before: its word counts only after this.
        _accepted[which] = listener.Connections.FirstAsync().ToTask();
        return listener.Start(new MethodTable().On("m", RunAsync));
    }

    private async ValueTask<RawJson> RunAsync(RawJson parameters, CancellationToken disconnected)
    {
        _ran.AddOrUpdate(long.Parse(parameters.ToString().Trim('[', ']')), 1, (_, times) => times + 1);
        // So that calls are in flight when it stops.
        await Task.Yield();
        return default;
    }

    private async Task Load(JsonRpcClient client, Method<RawJson, RawJson> method)
    {
        while (!_over)
        {
            try
            {
                await client.RequestAsync(method, RawJson.Parse($"[{Interlocked.Increment(ref _sent)}]"), Patient);
                Interlocked.Increment(ref _answered);
            }
            catch (Exception failure)
            {
                _lost.Add(failure);
            }
        }
    }

    private static async Task Connected(JsonRpcClient client)
    {
        bool All() => client.Groups[0].Servers.All(server => server.State == ServerState.Connected);
        await client.Changes.Select(_ => All()).StartWith(true).Where(_ => All()).FirstAsync().Timeout(Limit).ToTask();
    }
}
