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

    private static readonly string[] Settings = ["modparam", "modparamx"];

    private readonly List<ScriptNote> _notes = [];

    /// <param name="text">The configuration.</param>
    /// <param name="defines">What is defined beside it, as by <c>kamailio -A</c>.</param>
    /// <param name="include">Gives the text of an included file; null, or an <see cref="IOException"/>, when it cannot be read.</param>
    /// <param name="stop">Ends the reading with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ScriptLimitException">The script is larger than what is read of one.</exception>
    public ModuleImport(
        string text, IReadOnlyDictionary<string, string> defines, Func<string, string?> include, CancellationToken stop = default)
    {
        var found = new ScriptCalls([.. Settings, .. ImportedCall.Functions]);
        var script = new ScriptTokenizer(new Dictionary<string, string>(defines), include, found.Take, stop);
        script.Read(text);
        found.End();
        _notes.AddRange(script.Notes);
        _notes.AddRange(found.Notes);
        ScriptCall[] settings = [.. found.Calls.Where(call => Settings.Contains(call.Function))];
        ImportJsonrpcc([.. settings.Where(setting => IsOf(setting, "jsonrpcc"))]);
        var janssonrpcc = new JanssonImport(settings.Where(setting => IsOf(setting, "janssonrpcc")), Pools, _notes);
        var imported = new ImportedScript(Pools, janssonrpcc.ResultVariable, janssonrpcc.Hidden);
        Calls = [.. found.Calls.Where(call => ImportedCall.Functions.Contains(call.Function)).Select(call => new ImportedCall(call, imported))];
    }

    /// <summary>The pools that have servers.</summary>
    public SortedDictionary<string, ImportedPool> Pools { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<ImportedCall> Calls { get; }

    /// <summary>What changes in meaning, and what was not taken over.</summary>
    public IReadOnlyList<ScriptNote> Notes => _notes;

    // Several modules may be named at once: modparam("a|b", ...).
    private static bool IsOf(ScriptCall setting, string module) => setting[0].Split('|').Contains(module);

    private void ImportJsonrpcc(ScriptCall[] settings)
    {
        var pool = new ImportedPool();
        bool attemptsSet = false;
        foreach (ScriptCall setting in settings)
        {
            switch (setting[1])
            {
                case "servers" when ServerList.TryParse(setting[2], out IReadOnlyList<ServerAddress> servers, out string? fault):
                    pool.Servers.Clear();
                    pool.Servers.AddRange(servers);
                    break;
                case "servers":
                    ServerList.TryParse(setting[2], out _, out string? why);
                    Tell(setting, $"jsonrpcc's servers were not taken over: {why}");
                    break;
                case "max_conn_attempts" when int.TryParse(setting[2], CultureInfo.InvariantCulture, out int attempts) && attempts >= -1:
                    pool.MaxConnectionAttempts = attempts;
                    attemptsSet = true;
                    break;
                default:
                    attemptsSet |= setting[1] == "max_conn_attempts";
                    Tell(setting, $"jsonrpcc's '{setting[1]}' = '{setting[2]}' was not taken over");
                    break;
            }
        }
        if (pool.Servers.Count == 0) return;
        Pools.Add(DefaultPool, pool);
        ScriptCall first = settings[0];
        if (!attemptsSet) Tell(first, "max_conn_attempts is left at its default: jsonrpcc gives a server up after one failure, the gateway connects for ever");
        Tell(first, "jsonrpcc calls the first server of a priority until it fails; the gateway calls those of one priority strictly in turn");
        Tell(first, "priorities mean the same: the highest first. One try may take 500 ms, as before; the whole request 5 s (totalTimeout)");
        Tell(first, "a lost connection is 'failure' at once, not 'timeout' after 500 ms; what cannot have run goes to the next server");
    }

    private void Tell(ScriptCall at, string text) => _notes.Add(new ScriptNote(at.Place, text));
}
