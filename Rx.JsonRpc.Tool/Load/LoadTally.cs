using System.Collections.Concurrent;

namespace Rx.JsonRpc.Tool.Load;

/// <summary>What is counted of the requests that began in one span of time.</summary>
internal sealed class LoadTally
{
    private readonly ConcurrentDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private long _results;
    private long _failed;

    /// <summary>How long the results took.</summary>
    public LatencyHistogram Latencies { get; } = new();

    public long Results => Interlocked.Read(ref _results);

    /// <summary>Error replies and failures together.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public IReadOnlyDictionary<string, long> Errors => _errors;

    public void Add(string? error, long nanoseconds)
    {
        if (error is not null)
        {
            Interlocked.Increment(ref _failed);
            _errors.AddOrUpdate(error, 1, static (_, count) => count + 1);
            return;
        }
        Interlocked.Increment(ref _results);
        Latencies.Add(nanoseconds);
    }
}
