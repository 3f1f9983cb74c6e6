namespace Rx.JsonRpc.Kamailio;

/// <summary>What the calls of a script have to know of its parameters.</summary>
/// <param name="pools">The pools that are in the configuration.</param>
/// <param name="resultVariable">Where <c>janssonrpcc</c> puts a reply.</param>
internal sealed class ImportedScript(SortedDictionary<string, ImportedPool> pools, string resultVariable)
{
    public string ResultVariable => resultVariable;

    /// <summary>What a call does that names no pool; null when it reaches <c>jsonrpcc</c>'s servers, as before.</summary>
    public string? FaultOfNoPool() => pools.ContainsKey(ModuleImport.DefaultPool)
        ? null
        : $"no servers of jsonrpcc were taken over, and this call names no pool: {Known()}";

    /// <summary>What is wrong with a pool that a call names; null when nothing is.</summary>
    public string? FaultOf(string pool)
    {
        if (pool.Contains('$', StringComparison.Ordinal)) return $"the pool is in '{pool}': {Known()}";
        return pools.ContainsKey(pool) ? null : $"the pool '{pool}' is not in the configuration, because none of its servers was taken over: {Known()}";
    }

    private string Known() => pools.Count == 0 ? "there is no pool" : $"the pools are {string.Join(", ", pools.Keys)}";
}
