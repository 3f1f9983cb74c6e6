namespace Rx.JsonRpc.Kamailio;

/// <summary>From the parameters of <c>janssonrpcc</c> to pools, one for each <c>conn</c>.</summary>
internal sealed class JanssonImport
{
    private readonly SortedDictionary<string, ImportedPool> _read = new(StringComparer.Ordinal);
    private readonly List<ScriptNote> _notes;
    private readonly HashSet<string> _hidden = [];
    private ErrorCodes? _retryOn;

    /// <param name="settings">The module's parameters.</param>
    /// <param name="pools">Where the pools go; it may hold those of <c>jsonrpcc</c>.</param>
    /// <param name="notes">Where notes go.</param>
    public JanssonImport(IEnumerable<ScriptCall> settings, SortedDictionary<string, ImportedPool> pools, List<ScriptNote> notes)
    {
        _notes = notes;
        ScriptCall? first = null;
        foreach (ScriptCall setting in settings)
        {
            first ??= setting;
            Read(setting);
        }
        bool any = false;
        foreach ((string name, ImportedPool pool) in _read)
        {
            pool.ReversePriorities();
            pool.RetryOn = _retryOn;
            if (pools.TryAdd(name, pool))
            {
                any = true;
                continue;
            }
            _hidden.Add(name);
            Tell(first!, $"janssonrpcc's conn '{name}' was not taken over: jsonrpcc's servers have that name here");
        }
        if (!any) return;
        Tell(first!, "priorities were turned around: janssonrpcc tries the lowest number first, the gateway the highest");
        Tell(first!, "janssonrpcc draws servers of one priority by weight; the gateway calls them in turn, by weight");
        Tell(first!, "janssonrpcc sends again whatever failed; the gateway only what cannot have run, unless $var(rx_idempotent) or \"replay\": \"always\" says more");
    }

    /// <summary>Where the module puts a reply.</summary>
    public string ResultVariable { get; private set; } = "$var(jsrpc_result)";

    /// <summary>The conns that were not taken over, because a pool of <c>jsonrpcc</c> has their name.</summary>
    public IReadOnlyCollection<string> Hidden => _hidden;

    private void Read(ScriptCall setting)
    {
        switch (setting[1])
        {
            case "server":
                if (!JanssonServer.TryParse(setting[2], out JanssonServer server, out string? fault))
                {
                    Tell(setting, $"the server '{setting[2]}' was not taken over: {fault}");
                    break;
                }
                if (!TryAdd(setting, server)) break;
                foreach (string lost in server.Lost) Tell(setting, lost);
                break;
            case "retry_codes" when JanssonServer.TryParseCodes(setting[2], out ErrorCodes? codes):
                _retryOn = codes;
                break;
            case "result_pv":
                ResultVariable = setting[2];
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

    private bool TryAdd(ScriptCall setting, JanssonServer server)
    {
        if (!_read.TryGetValue(server.Conn, out ImportedPool? pool)) _read.Add(server.Conn, pool = new ImportedPool());
        // The gateway's configuration takes each server of a pool once.
        if (pool.TryAdd(server.Address)) return true;
        Tell(setting, $"the server '{setting[2]}' was not taken over: {server.Address} is in the pool '{server.Conn}' already");
        return false;
    }

    private void Tell(ScriptCall at, string text) => _notes.Add(new ScriptNote(at.Place, text));
}
