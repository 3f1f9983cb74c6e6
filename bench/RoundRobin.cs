using BenchmarkDotNet.Attributes;

namespace Rx.JsonRpc.Bench;

/// <summary>One turn: the first server of a request, without failover.</summary>
[MemoryDiagnoser]
public class RoundRobin
{
    private static readonly string[] Servers = ["a", "b", "c"];

    private readonly IEnumerable<string> _equal = Servers.RoundRobin();
    private readonly IEnumerable<string> _weighted = Servers.RoundRobin(server => server == "a" ? 5 : 1);

    /// <summary>All of one weight.</summary>
    [Benchmark(Baseline = true)]
    public string Equal() => _equal.First();

    /// <summary>Weights 5, 1, 1.</summary>
    [Benchmark]
    public string Weighted() => _weighted.First();
}
