using System.Collections.Concurrent;

namespace Rx.JsonRpc.Servers;

/// <summary>How long each method takes, for the methods of one client that are hedged by quantile.</summary>
internal sealed class MethodLatencies
{
    // A host that makes up names must not make this grow for ever; what comes later shares one histogram.
    private const int MostMethods = 1000;

    private readonly ConcurrentDictionary<string, LatencyHistogram> _byMethod = new();
    private readonly LatencyHistogram _others = new();
    private int _methods;

    public LatencyHistogram Of(string method)
    {
        if (_byMethod.TryGetValue(method, out LatencyHistogram? known)) return known;
        if (Volatile.Read(ref _methods) >= MostMethods) return _others;
        var made = new LatencyHistogram();
        LatencyHistogram kept = _byMethod.GetOrAdd(method, made);
        if (kept == made) Interlocked.Increment(ref _methods);
        return kept;
    }
}
