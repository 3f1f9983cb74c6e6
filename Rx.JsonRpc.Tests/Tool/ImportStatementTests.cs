using System.Text.RegularExpressions;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Tests.Transport;
using Rx.JsonRpc.Tool.Gateway;

namespace Rx.JsonRpc.Tests.Tool;

/// <summary>What <c>rxrpc import</c> says of a script is compared with the file that it wrote, as the gateway reads it.</summary>
public class ImportStatementTests
{
    private const string Two = """
        modparam("janssonrpcc", "server", "conn=a;addr=10.0.0.1;port=1;priority=1")
        modparam("janssonrpcc", "server", "conn=a;addr=10.0.0.2;port=1;priority=2")
        """;

    public static TheoryData<string> Scripts =>
    [
        """modparam("jsonrpcc", "servers", "10.0.0.1:1,2 10.0.0.2:1,1")""" + "\n" + """jsonrpc_request("m", "[]", "R", "E", "$var(x)");""",
        """modparam("jsonrpcc", "servers", "10.0.0.1:1")""" + "\n" + """modparam("jsonrpcc", "max_conn_attempts", 3)""",
        """modparam("jsonrpcc", "servers", "10.0.0.1:1")""" + "\n" + """modparam("jsonrpcc", "max_conn_attempts", "x")""",
        Two + "\n" + """janssonrpc_request("a", "m", "[]", "route=R;retry=2;timeout=100");""",
        Two + "\n" + """modparam("janssonrpcc", "result_pv", "$avp(reply)")""" + "\n" + """janssonrpc_request("a", "m", "[]", "route=R");""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=b;srv=_rpc._tcp.example.org")""" + "\n" + """janssonrpc_request("b", "m", "[]", "route=R");""",
        Two + "\n" + """janssonrpc_notification("nowhere", "m", "[]");""" + "\n" + """janssonrpc_request("$hdr(X)", "m", "[]", "route=R");""",
        Two + "\n" + """modparam("jsonrpcc", "servers", "nonsense")""" + "\n" + """jsonrpc_request("m", "[]", "R", "E", "$var(x)");""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=default;addr=10.0.0.9;port=9")""" + "\n" + """modparam("jsonrpcc", "servers", "10.0.0.1:1")""" + "\n"
            + """janssonrpc_request("default", "m", "[]", "route=R");""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=a;addr=10.0.0.1;port=1;priority=9")""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=;addr=10.0.0.1;port=1")""",
        Two + "\n" + """modparam("janssonrpcc", "retry_codes", "-32603")""" + "\n" + """modparam("janssonrpcc", "retry_codes", "nonsense")""",
        Two + "\n" + """modparam("janssonrpcc", "keep_alive", 60)""" + "\n" + """janssonrpc_request("a", "m", "[]", "timeout=abc");""",
        Two + "\n" + """janssonrpc_request("a", "m", "[]");""" + "\n" + """jsonrpc_request("m", "[]");""",
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Import_OfAScript_SaysWhatIsTrueOfTheFile(string script)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("kamailio.cfg"), script);
        ToolRun run = await ToolRun.Of("import", folder.File("kamailio.cfg"));
        Assert.Equal(0, run.Code);
        await File.WriteAllTextAsync(folder.File("rxrpc.json"), run.Out);
        ConfigFile file = ConfigFile.Read(folder.File("rxrpc.json"));
        await using (await GatewayPlan.OfFile(file, []).MakeAsync()) { }
        foreach (string line in run.ErrorLines) Compare(line, script, file.Config, run);
    }

    [Fact]
    public void Import_AMeasureOfTheGatewaysDefaults_IsTheDefault()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(500), RequestPolicy.Default.TryTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), RequestPolicy.Default.TotalTimeout);
        Assert.Equal(-1, new JsonRpcClientOptions().MaxConnectionAttempts);
        Assert.Equal(TimeSpan.FromSeconds(30), TcpKeepAlive.Default.Time);
    }

    [Theory]
    [InlineData("$avp(reply)", "modparam(\"janssonrpcc\", \"result_pv\", \"$avp(reply)\")")]
    [InlineData("$var(jsrpc_result)", "")]
    public void Import_OfACall_NamesTheVariableOfTheScript(string variable, string setting)
    {
        var import = new ModuleImport($"{Two}\n{setting}\njanssonrpc_request(\"a\", \"m\", \"[]\", \"route=R\");", new Dictionary<string, string>(), _ => null);
        Assert.Contains($"the routes read $var(rx_result) where they read {variable}", Assert.Single(import.Calls).Lost);
        Assert.DoesNotContain(import.Notes, note => note.Text.Contains("result_pv"));
    }

    private static void Compare(string line, string script, GatewayConfig config, ToolRun run)
    {
        string place = Regex.Match(line, "^line [0-9]+: ").Value;
        Assert.NotEmpty(place);
        string[] beside = [.. run.ErrorLines.Where(other => other.StartsWith(place, StringComparison.Ordinal))];
        if (Regex.Match(line, "\\$var\\(rx_servers\\) = \"([^\"]*)\"") is { Success: true } named && !config.Pools!.ContainsKey(named.Groups[1].Value))
        {
            Assert.Contains(beside, other => other.Contains($"the pool '{named.Groups[1].Value}' is not in the configuration"));
        }
        if (line.Contains("jsonrpc_request becomes") && !line.Contains("jansson") && !config.Pools!.ContainsKey("default"))
        {
            Assert.Contains(beside, other => other.Contains("this call names no pool"));
        }
        if (line.Contains("$var(rx_servers) = \"default\"") && !config.Pools!["default"]!.Servers!.Any(server => server.ToString() == "10.0.0.9:9"))
        {
            Assert.Contains(beside, other => other.Contains("the pool 'default' holds jsonrpcc's servers"));
        }
        if (Regex.Match(line, "the pool '(.+)' is not in") is { Success: true } missing) Assert.False(config.Pools!.ContainsKey(missing.Groups[1].Value));
        foreach (Match known in Regex.Matches(line, "the pools are (.+)$")) Assert.Equal(string.Join(", ", config.Pools!.Keys), known.Groups[1].Value);
        if (line.Contains("max_conn_attempts is left at its default"))
        {
            Assert.DoesNotContain("max_conn_attempts", script);
            Assert.Null(config.Pools!["default"]!.MaxConnectionAttempts);
        }
        if (line.Contains("were turned around")) Assert.Equal([2, 1], config.Pools!["a"]!.Servers!.Select(server => server.Priority).Take(2));
        if (line.Contains("conn 'default' was not taken over")) Assert.DoesNotContain(config.Pools!["default"]!.Servers!, server => server.ToString() == "10.0.0.9:9");
        if (line.Contains("'retry_codes' = 'nonsense' was not taken over")) Assert.Equal("-32603", config.Pools!["a"]!.Policy!.RetryOn!.ToString());
        if (line.Contains("is in the pool 'a' already")) Assert.Equal(2, config.Pools!["a"]!.Servers!.Count);
        if (line.Contains("\"retries\"")) Assert.Contains("was not taken over", line);
        // A replacement is a script: a number stands bare, and is one.
        foreach (Match bare in Regex.Matches(line, "\\$var\\(rx_timeout\\) = ([^;]*);")) Assert.Matches("^[0-9]+$|^\\$", bare.Groups[1].Value);
        if (line.Contains("\"\"; route(RXRPC_REQUEST)")) Assert.Contains(beside, other => other.Contains("names no route"));
    }
}
