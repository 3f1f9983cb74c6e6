using System.Globalization;
using Rx.JsonRpc.Tool.Logging;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>Reads the configuration file again, and gives the pools their new servers. A faulty file changes nothing.</summary>
/// <param name="path">The file; null when the gateway was started without one.</param>
/// <param name="started">What the gateway was started with.</param>
/// <param name="read">Reads the file again.</param>
/// <param name="running">The gateway.</param>
internal sealed class GatewayReload(string? path, GatewayPlan started, Func<GatewayPlan> read, RunningGateway running)
{
    private readonly Lock _gate = new();

    public static IReadOnlyList<GatewayEvent> TooLate() =>
        [GatewayEvent.Reload(LogLevel.Warning, ("problem", "the gateway is stopping; nothing was read"))];

    /// <returns>What came of it, in lines.</returns>
    public IReadOnlyList<GatewayEvent> Run()
    {
        if (path is null)
        {
            return [GatewayEvent.Reload(LogLevel.Warning, ("problem", "there is no file to read again: the gateway was started without --config"))];
        }
        // Signals may come faster than the file is read.
        lock (_gate)
        {
            try
            {
                GatewayPlan plan = read();
                string[] faults = [.. plan.Faults()];
                return faults.Length > 0 ? [.. faults.Select(Faulty)] : Apply(plan);
            }
            catch (UsageException fault)
            {
                return [Faulty(fault.Message)];
            }
            catch (Exception fault)
            {
                // On the thread of the signal: what gets out of here ends the process.
                return [Faulty($"{fault.GetType().Name}: {fault.Message}")];
            }
        }
    }

    private GatewayEvent Faulty(string fault) =>
        GatewayEvent.Reload(LogLevel.Error, ("file", path!), ("problem", fault), ("changed", "nothing"));

    private IReadOnlyList<GatewayEvent> Apply(GatewayPlan plan)
    {
        var events = new List<GatewayEvent>();
        foreach ((string pool, IReadOnlyList<ServerAddress> servers) in plan.Servers)
        {
            if (!running.TryChange(pool, servers)) continue;
            events.Add(GatewayEvent.Reload(LogLevel.Information, ("file", path!), ("pool", pool), ("servers", Text(servers))));
        }
        string[] others = [.. started.ChangesBesideServers(plan)];
        if (others.Length > 0)
        {
            events.Add(GatewayEvent.Reload(
                LogLevel.Warning, ("file", path!), ("needsRestart", string.Join(", ", others)), ("detail", "these members hold after a restart")));
        }
        if (events.Count == 0) events.Add(GatewayEvent.Reload(LogLevel.Information, ("file", path!), ("changed", "nothing")));
        return events;
    }

    private static string Text(IReadOnlyList<ServerAddress> servers) =>
        string.Join(' ', servers.Select(server => string.Create(CultureInfo.InvariantCulture, $"{server},{server.Priority},{server.Weight}")));
}
