using BenchmarkDotNet.Attributes;

namespace Rx.JsonRpc.Bench;

/// <summary>One turn: the first server of a request, without failover; the floor is a counter.</summary>
[MemoryDiagnoser]
public class RoundRobin
{
    private static readonly string[] Servers = ["a", "b", "c"];

    private readonly IEnumerable<string> _equal = Servers.RoundRobin();
    private readonly IEnumerable<string> _weighted = Servers.RoundRobin(server => server == "a" ? 5 : 1);

    private uint _turn;

    /// <summary>One atomic step and an index.</summary>
    [Benchmark(Baseline = true)]
    public string Counter() => Servers[Interlocked.Increment(ref _turn) % (uint)Servers.Length];

    /// <summary>All of one weight.</summary>
    [Benchmark]
    public string Equal() => _equal.First();

    /// <summary>Weights 5, 1, 1.</summary>
    [Benchmark]
    public string Weighted() => _weighted.First();
}
