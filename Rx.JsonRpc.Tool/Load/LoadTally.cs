using System.Collections.Concurrent;

namespace Rx.JsonRpc.Tool.Load;

/// <summary>What is counted of the requests that began in one span of time.</summary>
internal sealed class LoadTally
{
    private readonly ConcurrentDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private long _results;
    private long _ended;

    /// <summary>How long the results took.</summary>
    public LatencyHistogram Latencies { get; } = new();

    public long Results => Interlocked.Read(ref _results);

    /// <summary>Results, error replies and failures together.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    public IReadOnlyDictionary<string, long> Errors => _errors;

    public void Add(string? error, long nanoseconds)
    {
        Interlocked.Increment(ref _ended);
        if (error is not null)
        {
            _errors.AddOrUpdate(error, 1, static (_, count) => count + 1);
            return;
        }
        Interlocked.Increment(ref _results);
        Latencies.Add(nanoseconds);
    }
}
