using System.Globalization;

namespace Rx.JsonRpc.Kamailio;

/// <summary>What the calls of a script have to know of its parameters.</summary>
/// <param name="pools">The pools that are in the configuration.</param>
/// <param name="resultVariable">Where <c>janssonrpcc</c> puts a reply.</param>
/// <param name="hidden">Conns of <c>janssonrpcc</c> whose name stands for the servers of <c>jsonrpcc</c> in the configuration.</param>
internal sealed class ImportedScript(SortedDictionary<string, ImportedPool> pools, string resultVariable, IReadOnlyCollection<string> hidden)
{
    // Each call may repeat what stands once in the script, so it has to be short: the notes would be the square of the script.
    private const int MostPools = 10;
    private const int MostLetters = 60;

    private readonly string _known = pools.Count switch
    {
        0 => "there is no pool",
        <= MostPools => $"the pools are {Names(pools.Keys)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"the pools are {Names(pools.Keys.Take(MostPools))} and {pools.Count - MostPools:#,0} more"),
    };

    public string ResultVariable { get; } = Short(resultVariable);

    /// <summary>What a call does that names no pool; null when it reaches <c>jsonrpcc</c>'s servers, as before.</summary>
    public string? FaultOfNoPool() => pools.ContainsKey(ModuleImport.DefaultPool)
        ? null
        : $"no servers of jsonrpcc were taken over, and this call names no pool: {_known}";

    /// <summary>What is wrong with a pool that a call names; null when nothing is.</summary>
    public string? FaultOf(string pool)
    {
        if (pool.Contains('$', StringComparison.Ordinal)) return $"the pool is in '{pool}': {_known}";
        if (hidden.Contains(pool)) return $"the pool '{pool}' holds jsonrpcc's servers, because janssonrpcc's conn of that name was not taken over";
        return pools.ContainsKey(pool) ? null : $"the pool '{pool}' is not in the configuration, because no server of it was taken over: {_known}";
    }

    private static string Names(IEnumerable<string> pools) => string.Join(", ", pools.Select(Short));

    private static string Short(string text) => text.Length <= MostLetters ? text : $"{text[..MostLetters]}...";
}
