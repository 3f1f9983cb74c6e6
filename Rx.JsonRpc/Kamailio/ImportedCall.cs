using System.Globalization;
using System.Text;

namespace Rx.JsonRpc.Kamailio;

/// <summary>A call of one of the modules' functions, and what takes its place in the script.</summary>
internal sealed class ImportedCall
{
    public static readonly string[] Functions = ["jsonrpc_request", "jsonrpc_notification", "janssonrpc_request", "janssonrpc_notification"];

    private const int LongestTimeout = 86_400_000;

    private readonly List<string> _lost = [];

    public ImportedCall(ScriptCall call, ImportedScript script)
    {
        Call = call;
        string? fault = call.Function.StartsWith("jansson", StringComparison.Ordinal) ? script.FaultOf(call[0]) : script.FaultOfNoPool();
        if (fault is not null) _lost.Add(fault);
        Replacement = call.Function switch
        {
            "jsonrpc_request" => Request("", call[0], call[1], call[2], call[3], call[4]),
            "jsonrpc_notification" => Notification("", call[0], call[1]),
            "janssonrpc_notification" => Notification(call[0], call[1], call[2]),
            _ => Janssonrpc(call, script.ResultVariable),
        };
    }

    public ScriptCall Call { get; }

    /// <summary>The lines for the script.</summary>
    public string Replacement { get; }

    /// <summary>What else has to be looked at.</summary>
    public IReadOnlyList<string> Lost => _lost;

    private string Janssonrpc(ScriptCall call, string variable)
    {
        string route = "";
        string more = "";
        foreach (string option in call[3].Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (option.StartsWith("route=", StringComparison.Ordinal)) route = option["route=".Length..];
            else if (option.StartsWith("timeout=", StringComparison.Ordinal)) more = Timeout(option, more);
            else if (option.StartsWith("retry=", StringComparison.Ordinal)) _lost.Add($"'{option}' was not taken over: \"retries\" in the pool's policy would hold for all of its requests");
            else if (option.Contains('$', StringComparison.Ordinal)) _lost.Add($"the options are in '{option}': its route, timeout and retry were not taken over");
            else _lost.Add($"'{option}' was not taken over");
        }
        _lost.Add($"errors come to the error route{(route.Length == 0 ? "" : $", here '{route}' as well")}; $var(rx_result) holds the result alone, where the module gave the whole reply");
        return more + Request(call[0], call[1], call[2], route, route, variable);
    }

    private string Request(string pool, string method, string parameters, string returnRoute, string errorRoute, string variable)
    {
        if (parameters.Contains('$', StringComparison.Ordinal) && !IsOneVariable(parameters))
        {
            _lost.Add("values are put into the JSON of the parameters: a quote in one writes parameters of its own; use jansson_set (docs/kamailio.md)");
        }
        if (returnRoute.Length == 0 || errorRoute.Length == 0)
        {
            _lost.Add("the call names no route for a result, or none for errors: the gateway goes on in routes alone, so name them in $var(rx_return) and $var(rx_error)");
        }
        if (variable.Length > 0 && variable != "$var(rx_result)") _lost.Add($"the routes read $var(rx_result) where they read {variable}");
        return $"{Notified(pool, method, parameters)}{Set("rx_return", returnRoute)}{Set("rx_error", errorRoute)}route(RXRPC_REQUEST);";
    }

    private string Timeout(string option, string otherwise)
    {
        string value = option["timeout=".Length..];
        bool read = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int timeout) && timeout is >= 1 and <= LongestTimeout;
        if (read || value.Contains('$', StringComparison.Ordinal)) return Set("rx_timeout", value, isNumber: true);
        _lost.Add(FormattableString.Invariant($"'{option}' was not taken over; expected 1 to {LongestTimeout:#,0} milliseconds"));
        return otherwise;
    }

    private static string Notification(string pool, string method, string parameters) => $"{Notified(pool, method, parameters)}route(RXRPC_NOTIFY);";

    private static string Notified(string pool, string method, string parameters) =>
        $"{(pool.Length == 0 ? "" : Set("rx_servers", pool))}{Set("rx_method", method)}{Set("rx_params", parameters)}";

    // Kamailio puts no values into a text that is assigned: a variable stands bare, and what mixes the two goes through $_s.
    private static string Set(string name, string value, bool isNumber = false)
    {
        string written = value.Contains('$', StringComparison.Ordinal) ? IsOneVariable(value) ? value : $"$_s({value})"
            : isNumber ? value
            : $"\"{Escaped(value)}\"";
        return $"$var({name}) = {written}; ";
    }

    private static string Escaped(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (char c in value)
        {
            text.Append(c switch { '\\' => "\\\\", '"' => "\\\"", '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ => c.ToString() });
        }
        return text.ToString();
    }

    private static bool IsOneVariable(string value)
    {
        if (value.LastIndexOf('$') != 0) return false;
        int end = 1;
        while (end < value.Length && (char.IsAsciiLetterOrDigit(value[end]) || value[end] == '_')) end++;
        string rest = value[end..];
        return rest.Length == 0 || (rest[0] == '(' && rest.IndexOf(')') == rest.Length - 1);
    }
}
