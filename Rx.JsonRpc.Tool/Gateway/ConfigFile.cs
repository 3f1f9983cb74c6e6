using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Tool.Input;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>Reads the configuration file; a fault names the file, the line, the member and what was expected.</summary>
internal sealed class ConfigFile
{
    private readonly string _name;
    private readonly byte[] _json;

    private ConfigFile(string name, byte[] json)
    {
        _name = name;
        // Editors of some systems begin a file with a byte order mark.
        _json = json.AsSpan().StartsWith("\uFEFF"u8) ? json[3..] : json;
        Config = Parse();
        CheckMembers(Config, ConfigJson.Default.GatewayConfig, []);
        foreach ((string pool, PoolConfig? section) in Config.Pools ?? []) CheckPool(pool, section);
        CheckMembers(Config.Reconnect, ConfigJson.Default.BackoffConfig, ["reconnect"]);
    }

    public GatewayConfig Config { get; }

    /// <summary>The file as JSON, without its comments.</summary>
    public JsonNode? Json =>
        JsonNode.Parse(_json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });

    /// <exception cref="UsageException">The file cannot be read, or is faulty.</exception>
    public static ConfigFile Read(string path)
    {
        try
        {
            return new ConfigFile(path, InputFile.Read(path));
        }
        catch (IOException fault)
        {
            throw new UsageException($"--config '{path}' cannot be read: {fault.Message}");
        }
    }

    /// <summary>A fault of a member that is there.</summary>
    public UsageException Fault(IReadOnlyList<string> path, string fault) =>
        Fault(ConfigPlaces.LineOf(_json, path), "$" + string.Concat(path.Select(name => $".{name}")), fault);

    private UsageException Fault(long line, string? path, string fault) => new($"{_name} line {line}: {path} {fault}");

    private GatewayConfig Parse()
    {
        try
        {
            return JsonSerializer.Deserialize(_json, ConfigJson.Default.GatewayConfig) ?? throw new JsonException("is null; expected an object {...}");
        }
        catch (JsonException fault)
        {
            throw Fault((fault.LineNumber ?? 0) + 1, fault.Path ?? "$", Text(fault.Message));
        }
    }

    private static string Text(string message)
    {
        // What System.Text.Json says of an object that it did not find names a type of ours.
        if (message.StartsWith("The JSON value could not be converted to", StringComparison.Ordinal)) return "is no object; expected an object {...}";
        int tail = message.IndexOf(" Path: ", StringComparison.Ordinal);
        if (tail < 0) tail = message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return tail < 0 ? message : message[..tail];
    }

    private void CheckPool(string name, PoolConfig? pool)
    {
        string[] path = ["pools", name];
        if (pool?.Servers is null) throw Fault(path, "names no servers; expected \"servers\": \"host:port,priority ...\"");
        CheckMembers(pool, ConfigJson.Default.PoolConfig, path);
        CheckMembers(pool.Policy, ConfigJson.Default.PolicyConfig, [.. path, "policy"]);
        CheckMembers(pool.Policy?.Backoff, ConfigJson.Default.BackoffConfig, [.. path, "policy", "backoff"]);
        CheckMembers(pool.Policy?.Hedge, ConfigJson.Default.HedgeConfig, [.. path, "policy", "hedge"]);
        if (pool.Policy?.Hedge is { } hedge && hedge.Delay is null == hedge.Quantile is null)
        {
            throw Fault([.. path, "policy", "hedge"], "needs either \"delay\" or \"quantile\"");
        }
        CheckMembers(pool.Breaker, ConfigJson.Default.BreakerConfig, [.. path, "breaker"]);
        CheckMembers(pool.RetryBudget, ConfigJson.Default.BudgetConfig, [.. path, "retryBudget"]);
        CheckMembers(pool.Heartbeat, ConfigJson.Default.HeartbeatConfig, [.. path, "heartbeat"]);
        CheckMembers(pool.Reconnect, ConfigJson.Default.BackoffConfig, [.. path, "reconnect"]);
    }

    private void CheckMembers(ConfigSection? section, JsonTypeInfo known, string[] path)
    {
        if (section?.Unknown is not { Count: > 0 } unknown) return;
        IEnumerable<string> names = known.Properties.Where(member => !member.IsExtensionData).Select(member => member.Name);
        throw Fault([.. path, unknown.Keys.First()], $"is not known; expected one of {string.Join(", ", names)}");
    }
}
