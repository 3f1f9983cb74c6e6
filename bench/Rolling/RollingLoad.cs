using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Rx.JsonRpc.Bench.Rolling;

/// <summary>Calls at a steady rate, whatever comes back, and what became of them.</summary>
internal sealed class RollingLoad(JsonRpcClient client, int perSecond, bool idempotent)
{
    private static readonly RequestPolicy Policy = new() { TryTimeout = TimeSpan.FromSeconds(5), TotalTimeout = TimeSpan.FromSeconds(10) };

    private readonly Method<RawJson, RawJson> _method = Method<RawJson, RawJson>.Create("slow", idempotent);
    // So that calls are in flight when a server is stopped.
    private readonly RawJson _milliseconds = RawJson.Parse("[5]");
    private readonly ConcurrentDictionary<string, int> _failures = new();
    private long _sent;
    private long _answered;
    private long _moved;
    private volatile bool _over;

    public long Lost => _sent - _answered;

    public void Stop() => _over = true;

    public async Task RunAsync()
    {
        var open = new List<Task>();
        long began = Stopwatch.GetTimestamp();
        while (!_over)
        {
            long due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond);
            for (; _sent < due; _sent++) open.Add(CallAsync());
            open.RemoveAll(static call => call.IsCompleted);
            await Task.Delay(1);
        }
        await Task.WhenAll(open);
    }

    public override string ToString()
    {
        string kinds = string.Concat(_failures.OrderByDescending(kind => kind.Value).Select(kind => string.Create(CultureInfo.InvariantCulture, $"\n    {kind.Value,6} {kind.Key}")));
        return string.Create(CultureInfo.InvariantCulture, $"{_sent:#,0} calls, {_moved:#,0} moved to the other server, {Lost:#,0} lost{kinds}");
    }

    private Task CallAsync()
    {
        var ended = new TaskCompletionSource();
        client.Call(_method, _milliseconds, Policy).Subscribe(
            reply =>
            {
                if (reply.Error is { } error) Fail($"error {error.Code}: {error.Message}");
                else Interlocked.Increment(ref _answered);
                if (reply.Attempts.Any(attempt => attempt.Connected && attempt.End != AttemptEnd.Result)) Interlocked.Increment(ref _moved);
            },
            failure =>
            {
                Fail(failure.GetType().Name);
                ended.SetResult();
            },
            ended.SetResult);
        return ended.Task;
    }

    private void Fail(string kind) => _failures.AddOrUpdate(kind, 1, (_, count) => count + 1);
}
