using System.Globalization;

namespace Rx.JsonRpc.Kamailio;

/// <summary>
/// From the parameters and calls of <c>jsonrpcc</c> and <c>janssonrpcc</c> to the gateway's pools, with what changes in meaning and what
/// cannot be taken over. Pure: it reads no files.
/// </summary>
internal sealed class ModuleImport
{
    /// <summary>The pool that <c>jsonrpcc</c>'s only list of servers becomes.</summary>
    public const string DefaultPool = "default";

    private readonly List<ScriptNote> _notes;

    /// <param name="text">The configuration.</param>
    /// <param name="defines">What is defined beside it, as by <c>kamailio -A</c>.</param>
    /// <param name="include">Gives the text of an included file; null when it cannot be read.</param>
    public ModuleImport(string text, IReadOnlyDictionary<string, string> defines, Func<string, string?> include)
    {
        ScriptTokenizer script = new ScriptTokenizer(new Dictionary<string, string>(defines), include).Read(text);
        _notes = script.Notes;
        ScriptCall[] settings = [.. ScriptCalls.Of(script.Tokens, "modparam")];
        ImportJsonrpcc([.. settings.Where(setting => IsOf(setting, "jsonrpcc"))]);
        ImportJanssonrpcc([.. settings.Where(setting => IsOf(setting, "janssonrpcc"))]);
        Calls = [.. ScriptCalls.Of(script.Tokens, ImportedCall.Functions).Select(call => new ImportedCall(call))];
    }

    public SortedDictionary<string, ImportedPool> Pools { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<ImportedCall> Calls { get; }

    /// <summary>What changes in meaning, and what was not taken over.</summary>
    public IReadOnlyList<ScriptNote> Notes => _notes;

    // Several modules may be named at once: modparam("a|b", ...).
    private static bool IsOf(ScriptCall setting, string module) => setting[0].Split('|').Contains(module);

    private void ImportJsonrpcc(ScriptCall[] settings)
    {
        if (settings.Length == 0) return;
        var pool = new ImportedPool();
        bool attemptsSet = false;
        foreach (ScriptCall setting in settings)
        {
            switch (setting[1])
            {
                case "servers" when ServerList.TryParse(setting[2], out IReadOnlyList<ServerAddress> servers, out string? error):
                    pool.Servers.Clear();
                    pool.Servers.AddRange(servers);
                    break;
                case "servers":
                    ServerList.TryParse(setting[2], out _, out string? fault);
                    Tell(setting, $"jsonrpcc's servers were not taken over: {fault}");
                    break;
                case "max_conn_attempts" when int.TryParse(setting[2], CultureInfo.InvariantCulture, out int attempts) && attempts >= -1:
                    pool.MaxConnectionAttempts = attempts;
                    attemptsSet = true;
                    break;
                default:
                    Tell(setting, $"jsonrpcc's '{setting[1]}' = '{setting[2]}' was not taken over");
                    break;
            }
        }
        Pools.Add(DefaultPool, pool);
        ScriptCall first = settings[0];
        if (!attemptsSet) Tell(first, "max_conn_attempts is left at its default: jsonrpcc gives a server up after one failure, the gateway connects for ever");
        Tell(first, "jsonrpcc calls the first server of a priority until it fails; the gateway calls those of one priority strictly in turn");
        Tell(first, "priorities mean the same: the highest first. One try may take 500 ms, as before; the whole request 5 s (totalTimeout)");
        Tell(first, "a lost connection is 'failure' at once, not 'timeout' after 500 ms; what cannot have run goes to the next server");
    }

    private void ImportJanssonrpcc(ScriptCall[] settings)
    {
        var pools = new SortedDictionary<string, ImportedPool>(StringComparer.Ordinal);
        ErrorCodes? retryOn = null;
        foreach (ScriptCall setting in settings)
        {
            switch (setting[1])
            {
                case "server":
                    if (JanssonServer.TryParse(setting[2], out JanssonServer server, out string? fault)) Add(pools, server);
                    else Tell(setting, $"the server '{setting[2]}' was not taken over: {fault}");
                    foreach (string lost in server.Lost ?? []) Tell(setting, lost);
                    break;
                case "retry_codes" when JanssonServer.TryParseCodes(setting[2], out retryOn):
                    break;
                case "keep_alive":
                    Tell(setting, "keep_alive was not taken over: the gateway always has TCP keepalive, after 30 s; a pool's heartbeat finds more");
                    break;
                case "min_srv_ttl":
                    Tell(setting, "min_srv_ttl was not taken over: the gateway asks no SRV records");
                    break;
                default:
                    Tell(setting, $"janssonrpcc's '{setting[1]}' = '{setting[2]}' was not taken over");
                    break;
            }
        }
        foreach ((string name, ImportedPool pool) in pools)
        {
            pool.ReversePriorities();
            pool.RetryOn = retryOn;
            if (!Pools.TryAdd(name, pool)) Tell(settings[0], $"janssonrpcc's conn '{name}' was not taken over: jsonrpcc's servers have that name here");
        }
        if (pools.Count == 0) return;
        ScriptCall first = settings[0];
        Tell(first, "priorities were turned around: janssonrpcc tries the lowest number first, the gateway the highest");
        Tell(first, "janssonrpcc draws servers of one priority by weight; the gateway calls them in turn, by weight");
        Tell(first, "janssonrpcc sends again whatever failed; the gateway only what cannot have run, unless $var(rx_idempotent) or \"replay\": \"always\" says more");
    }

    private static void Add(SortedDictionary<string, ImportedPool> pools, JanssonServer server)
    {
        if (!pools.TryGetValue(server.Conn, out ImportedPool? pool)) pools.Add(server.Conn, pool = new ImportedPool());
        pool.Servers.Add(server.Address);
    }

    private void Tell(ScriptCall at, string text) => _notes.Add(new ScriptNote(at.Place, text));
}
